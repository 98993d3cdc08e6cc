// Drafts: a changed form is posted every 15 s to its autosave address (header x-autosave, no files, no secrets), and one
// is warned before leaving what has not been sent. The answer carries the new version, so that the final post is not
// refused as stale: {"data": {"version": n, "url": "…"}}; url is the draft's own address after its first save, where the
// final post goes as well: another one would begin a second record.

import { drop } from './keep';

const every = 15000;
const changed = new Set<HTMLFormElement>();

const say = (form: HTMLFormElement, text: string): void => {
  const place = form.querySelector('[data-saved]');
  if (place) place.textContent = text;
};

const content = (form: HTMLFormElement): URLSearchParams => {
  const body = new URLSearchParams();
  new FormData(form).forEach((value, name) => {
    if (typeof value === 'string') body.append(name, value);
  });
  form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('[data-secret]').forEach((one) => body.delete(one.name));
  body.set('key', `${body.get('key') || ''}-${Date.now().toString(36)}`); // each save is a request of its own
  return body;
};

const clock = (): string => {
  const now = new Date();
  return `${now.getHours()}:${String(now.getMinutes()).padStart(2, '0')}`;
};

interface Answer { version?: string | number; url?: string }

const take = (form: HTMLFormElement, answer: Answer): void => {
  const version = form.querySelector<HTMLInputElement>('input[name=version]');
  if (version && answer.version !== undefined) version.value = String(answer.version);
  if (!changed.has(form)) drop();
  if (!answer.url || !answer.url.startsWith('/') || answer.url.startsWith('//')) return;
  const fresh = form.dataset.autosave !== answer.url;
  form.dataset.autosave = answer.url;
  if (!fresh) return;
  drop(); // kept under the address of before
  form.setAttribute('action', answer.url);
  const stage = form.querySelector<HTMLInputElement>('input[name=stage]');
  history.replaceState(history.state, '', `${answer.url}/edit${stage ? `?stage=${stage.value}` : ''}`); // a reload finds the draft
};

const trouble = (status: number): string =>
  status === 401 ? '登录已过期，请重新登录，已填内容保留'
    : status === 403 || status === 409 ? '草稿没有保存：页面已过期，或内容已被他人修改，请刷新后核对'
    : status === 422 ? '草稿暂未保存，有内容需要改正' : '草稿暂未保存，请留意网络';

const hasFile = (form: HTMLFormElement): boolean =>
  [...form.querySelectorAll<HTMLInputElement>('input[type=file]')].some((one) => one.value !== '');

export const draft = (form: HTMLFormElement): void => {
  const save = async (): Promise<void> => {
    if (!form.isConnected) {
      clearInterval(timer);
      changed.delete(form);
      return;
    }
    if (!changed.has(form) || form.dataset.sending === 'yes') return;
    changed.delete(form); // what is typed while the answer is under way marks it again
    let status = 0;
    try {
      const answer = await fetch(form.dataset.autosave!, {
        method: 'POST',
        body: content(form),
        headers: { 'x-autosave': '1', accept: 'application/json' },
        credentials: 'same-origin',
      });
      status = answer.status;
      if (!answer.ok) throw new Error(String(status));
      take(form, ((await answer.json()) as { data: Answer }).data);
      if (hasFile(form)) changed.add(form); // a file travels only with the final post
      say(form, `草稿已于 ${clock()} 保存`);
    } catch {
      changed.add(form);
      say(form, trouble(status));
    }
  };
  const timer = setInterval(() => void save(), every);
};

const dirty = (except?: Element | null): boolean => {
  for (const form of changed) {
    if (!form.isConnected) changed.delete(form);
    else if (form !== except) return true;
  }
  return false;
};

/* A form on its way: no second press, no warning. */
export const submitting = (form: HTMLFormElement, event: Event): void => {
  if (form.method !== 'post') return;
  if (form.dataset.sending === 'yes') {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sending = 'yes';
  changed.delete(form);
  setTimeout(() => delete form.dataset.sending, 8000);
};

export const guard = (): void => {
  const mark = (event: Event): void => {
    const form = (event.target as HTMLElement).closest<HTMLFormElement>('form[data-guard]');
    if (form) changed.add(form);
  };
  document.addEventListener('input', mark);
  document.addEventListener('change', mark);
  window.addEventListener('beforeunload', (event) => {
    if (!dirty()) return;
    event.preventDefault();
    event.returnValue = '';
  });
  document.addEventListener('htmx:beforeRequest', (event) => {
    const from = (event as CustomEvent).detail.elt as Element;
    if (from.id === 'bell' || !dirty(from.closest('form'))) return;
    if (window.confirm('填写的内容还没有提交，确定离开吗？')) changed.clear();
    else event.preventDefault();
  });
  document.addEventListener('htmx:configRequest', (event) => {
    const { detail } = event as CustomEvent; // the address was taken when the page came, before the draft had its own
    if (detail.elt.matches('form[data-autosave]')) detail.path = detail.elt.getAttribute('action');
  });
  document.addEventListener('htmx:afterRequest', (event) => {
    const from = (event as CustomEvent).detail.elt as HTMLElement;
    if (from.dataset) delete from.dataset.sending;
  });
  document.addEventListener('htmx:sendError', (event) => {
    const form = (event as CustomEvent).detail.elt as HTMLFormElement;
    if (form.matches('form[data-guard]')) changed.add(form);
  });
};
