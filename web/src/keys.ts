// Keyboard use for people who work through queues all day. No key does anything while one types or with a modifier held.
import { help } from './dialog';

const rows = (): HTMLAnchorElement[] => [...document.querySelectorAll<HTMLAnchorElement>('main a[data-row]')];

const typing = (at: EventTarget | null): boolean =>
  at instanceof HTMLElement && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName));

const step = (by: number): void => {
  const all = rows();
  if (all.length === 0) return;
  const now = all.findIndex((one) => one === document.activeElement);
  const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + by));
  all[next].focus();
  all[next].scrollIntoView({ block: 'nearest' });
};

const go = (key: string): void => {
  const what = key === 'h' ? '[data-home]' : key === 'n' ? '#bell' : '';
  const menu = document.querySelectorAll<HTMLAnchorElement>('#menu ul a');
  const link = what ? document.querySelector<HTMLAnchorElement>(what) : menu[Number(key) - 1];
  if (link) link.click();
};

export const keys = (): void => {
  let armed = 0;
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    if (document.querySelector('dialog[open]')) return;
    const { key } = event;
    if (event.timeStamp - armed < 1500 && armed > 0) {
      armed = 0;
      if (/^[hn1-9]$/.test(key)) {
        event.preventDefault();
        go(key);
        return;
      }
    }
    if (key === 'g') armed = event.timeStamp;
    else if (key === 'j') step(1);
    else if (key === 'k') step(-1);
    else if (key === '?') help();
    else if (key === '/') {
      const box = document.querySelector<HTMLInputElement>('main input[type=search]');
      if (!box) return;
      event.preventDefault();
      box.focus();
      box.select();
    }
  });
};
