// What was typed survives an expired session: the plain values of a changed form stay in this tab (session storage) until
// the server has answered the form, for the same account only; they are wiped when one signs out or another signs in.
// Secrets and files are never kept.

const prefix = 'kept:', sent = 'kept-sent';
type Values = [string, string][];
interface Kept { account: string; values: Values }

const account = (): string => document.body.dataset.account || '';
const here = (): string => prefix + location.pathname + location.search;
const atTheDoor = (): boolean => Boolean(document.querySelector('#main form[action^="/login"], #main form[action^="/totp"], #main form[action^="/password"]'));

const read = (key: string): Kept | null => {
  try {
    return JSON.parse(sessionStorage.getItem(key) || 'null') as Kept | null;
  } catch {
    return null;
  }
};

const keys = (): string[] => {
  try {
    return Object.keys(sessionStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return []; // a browser that keeps nothing
  }
};

type Box = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
const boxes = (form: HTMLFormElement): Box[] =>
  [...form.querySelectorAll<Box>('input[name], textarea[name], select[name]')].filter(
    (box) => !('secret' in box.dataset) && !['hidden', 'file', 'password', 'submit'].includes(box.type),
  );
const isTick = (box: Box): box is HTMLInputElement => box.type === 'checkbox' || box.type === 'radio';

const timers = new WeakMap<HTMLFormElement, number>();
const keepNow = (form: HTMLFormElement): void => {
  if (!account() || !form.isConnected) return;
  const values: Values = [];
  for (const box of boxes(form)) if (!isTick(box) || box.checked) values.push([box.name, box.value]);
  try {
    sessionStorage.setItem(here(), JSON.stringify({ account: account(), values }));
  } catch {
    /* full or forbidden: the warning before leaving remains */
  }
};

export const drop = (): void => {
  try {
    sessionStorage.removeItem(here());
  } catch {
    /* nothing was kept */
  }
};

const wipe = (mine = ''): void => keys().forEach((key) => {
  if (!mine || read(key)?.account !== mine) sessionStorage.removeItem(key);
});

const say = (form: HTMLFormElement): void => {
  const box = document.createElement('div');
  box.className = 'notice';
  box.dataset.kind = 'warn';
  box.dataset.restored = '';
  box.setAttribute('role', 'status');
  box.textContent = form.querySelector('[data-secret]')
    ? '已恢复上次填写、还没有保存的内容，请核对后保存；证件号码、电话等须重新填写。'
    : '已恢复上次填写、还没有保存的内容，请核对后保存。';
  form.before(box);
};

/* Back on the page of the form: what stood in it stands there again. */
const restore = (form: HTMLFormElement): void => {
  const kept = read(here());
  if (!kept || kept.account !== account()) return;
  let differs = false;
  for (const box of boxes(form)) {
    const mine = kept.values.filter(([name]) => name === box.name).map(([, value]) => value);
    if (isTick(box)) {
      const on = mine.includes(box.value);
      differs = differs || box.checked !== on;
      box.checked = on;
    } else if (mine.length > 0) {
      differs = differs || box.value !== mine[0];
      box.value = mine[0]!;
    }
  }
  if (!differs) return drop();
  say(form);
  form.dispatchEvent(new Event('change', { bubbles: true }));
};

/* A page that is no way in and no problem answers what was sent: saved, or shown again with its faults. */
export const settle = (root: ParentNode): void => {
  try {
    settled(root);
  } catch {
    /* a browser that keeps nothing */
  }
};

const settled = (root: ParentNode): void => {
  if (atTheDoor()) {
    sessionStorage.removeItem(sent);
    document.querySelectorAll<HTMLElement>('[data-kept]').forEach((one) => (one.hidden = keys().length === 0));
    return;
  }
  if (document.querySelector('#main [data-problem]')) return sessionStorage.removeItem(sent); // not taken: it stands there again
  const answered = sessionStorage.getItem(sent);
  if (answered) {
    sessionStorage.removeItem(answered);
    sessionStorage.removeItem(sent);
  }
  if (account()) wipe(account());
  root.querySelectorAll<HTMLFormElement>('form[data-keep]').forEach(restore);
};

export const keep = (): void => {
  const later = (event: Event): void => {
    const form = (event.target as HTMLElement).closest<HTMLFormElement>('form[data-keep]');
    if (!form) return;
    clearTimeout(timers.get(form));
    timers.set(form, window.setTimeout(() => keepNow(form), 400));
  };
  document.addEventListener('input', later);
  document.addEventListener('change', later);
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (form.action.endsWith('/logout')) wipe();
    if (!form.matches('[data-keep]')) return;
    clearTimeout(timers.get(form));
    keepNow(form);
    try {
      sessionStorage.setItem(sent, here());
    } catch {
      /* nothing is kept */
    }
  }, true);
};
