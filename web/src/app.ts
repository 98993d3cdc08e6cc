// What makes pages livelier than links and forms alone. Every page works without this file; nothing here is the only way
// to do something. Parts are set up again for each piece of page that htmx puts in (htmx:load).
import { ask, help } from './dialog';
import { draft, guard, submitting } from './draft';
import { files } from './files';
import { keep, settle } from './keep';
import { keys } from './keys';
import { events } from './events';

const each = <T extends Element>(root: ParentNode, what: string, act: (one: T) => void): void =>
  root.querySelectorAll<T>(what).forEach(act);

/* The error summary is where one wants to read on; after a change of page, the heading. */
const focus = (root: ParentNode, moved: boolean): void => {
  const summary = root.querySelector<HTMLElement>('[data-focus]');
  const heading = root.querySelector<HTMLElement>('h1');
  const target = summary || (moved ? heading : null);
  if (!target) return;
  target.tabIndex = -1;
  target.focus();
};

const charts = (root: ParentNode): void => {
  const url = document.body.dataset.charts;
  if (!url || !root.querySelector('[data-chart]')) return;
  if (document.querySelector(`script[src="${url}"]`)) {
    document.dispatchEvent(new Event('tuoyu:charts'));
    return;
  }
  const script = document.createElement('script');
  script.src = url;
  script.async = true;
  document.head.append(script);
};

const setUp = (root: ParentNode, moved: boolean): void => {
  each<HTMLElement>(root, '[data-script]', (one) => (one.hidden = false));
  each<HTMLElement>(document, '[data-toggle]', (one) => {
    const part = document.getElementById(one.dataset.toggle!);
    if (!part?.contains(one)) one.setAttribute('aria-expanded', String(Boolean(part?.classList.contains('open'))));
  });
  each<HTMLInputElement>(root, 'input[type=file]', files);
  each<HTMLFormElement>(root, 'form[data-autosave]', draft);
  settle(root);
  charts(root);
  focus(root, moved);
};

const copy = async (button: HTMLElement): Promise<void> => {
  const text = button.dataset.copy || '';
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const box = document.createElement('textarea');
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand('copy');
    box.remove();
  }
  const before = button.textContent;
  button.textContent = '已复制';
  setTimeout(() => (button.textContent = before), 2000);
};

/* A phrase goes to the cursor, or to the end; what stands there stays. */
const insert = (button: HTMLElement): void => {
  const box = document.getElementById(button.dataset.insert!) as HTMLTextAreaElement | null;
  if (!box) return;
  const from = box.selectionStart, text = button.dataset.text || '';
  const gap = from > 0 && box.value[from - 1] !== '\n' ? '\n' : '';
  box.setRangeText(gap + text, from, box.selectionEnd, 'end');
  box.dispatchEvent(new Event('input', { bubbles: true }));
  box.focus();
};

/* What :target opens without scripts, without a new address in the history. The first opener of a part is its button. */
const toggle = (id: string): void => {
  const part = document.getElementById(id);
  const button = document.querySelector<HTMLElement>(`[data-toggle="${id}"]`);
  if (!part || !button) return;
  const open = part.classList.toggle('open');
  button.setAttribute('aria-expanded', String(open));
  (open ? part.querySelector<HTMLElement>('a, select') : button)?.focus();
};

document.addEventListener('click', (event) => {
  const at = event.target as Element;
  const opener = at.closest<HTMLElement>('[data-toggle]');
  if (opener) {
    event.preventDefault();
    toggle(opener.dataset.toggle!);
  }
  const copied = at.closest<HTMLElement>('[data-copy]');
  if (copied) void copy(copied);
  const phrase = at.closest<HTMLElement>('[data-insert]');
  if (phrase) insert(phrase);
  if (at.closest('[data-print]')) window.print();
  if (at.closest('[data-help]')) help();
  each<HTMLDetailsElement>(document, '.drop[open], .me[open]', (one) => {
    if (!one.contains(at)) one.open = false;
  });
});

document.addEventListener('change', (event) => {
  const select = event.target as HTMLElement;
  if (select.tagName === 'SELECT') select.closest<HTMLFormElement>('form[data-find]')?.requestSubmit();
});

/* Runs before htmx sees the form, which is the only moment to hold it. */
document.addEventListener(
  'submit',
  (event) => {
    const form = event.target as HTMLFormElement;
    const button = (event as SubmitEvent).submitter as HTMLElement | null;
    const question = (button && button.dataset.confirm) || form.dataset.confirm;
    if (question && form.dataset.sure !== 'yes') {
      event.preventDefault();
      event.stopImmediatePropagation();
      void ask(question).then((sure) => {
        if (!sure) return;
        form.dataset.sure = 'yes';
        form.requestSubmit(button as HTMLButtonElement | null);
      });
      return;
    }
    delete form.dataset.sure;
    submitting(form, event);
  },
  true,
);

document.addEventListener('DOMContentLoaded', () => {
  document.body.classList.add('js');
  setUp(document, false);
});
document.addEventListener('htmx:afterSettle', (event) => {
  const swapped = event.target as HTMLElement;
  if (swapped.id === 'main') setUp(swapped, true);
});
document.addEventListener('htmx:beforeRequest', () => document.body.classList.add('busy'));
document.addEventListener('htmx:afterRequest', () => document.body.classList.remove('busy'));
document.addEventListener('htmx:sendError', () => {
  const main = document.getElementById('main');
  if (!main || main.querySelector('[data-offline]')) return;
  const box = document.createElement('div');
  box.className = 'notice';
  box.dataset.kind = 'error';
  box.dataset.offline = '';
  box.setAttribute('role', 'alert');
  box.textContent = '网络不通，内容没有发出。请检查网络后再试，填写的内容还在。';
  main.prepend(box);
  box.scrollIntoView();
});

guard();
keep();
keys();
events();
