// Elements in one line. Text is always text.
type Part = Node | string | number | null | undefined | false | Part[];

export const h = (what: string, props: Record<string, unknown> = {}, ...parts: Part[]): HTMLElement => {
  const [tag, ...classes] = what.split('.');
  const one = document.createElement(tag || 'div');
  if (classes.length) one.className = classes.join(' ');
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') one.addEventListener(name, value as EventListener);
    else if (name in one && name !== 'list' && typeof value !== 'string') (one as unknown as Record<string, unknown>)[name] = value;
    else one.setAttribute(name, value === true ? '' : String(value));
  }
  const put = (part: Part): void => {
    if (Array.isArray(part)) part.forEach(put);
    else if (part !== null && part !== undefined && part !== false) one.append(part instanceof Node ? part : String(part));
  };
  parts.forEach(put);
  return one;
};

export const button = (label: string, act: () => unknown, kind = '', more: Record<string, unknown> = {}): HTMLElement =>
  h(`button${kind ? `.${kind.split(' ').join('.')}` : ''}`, { type: 'button', click: act, ...more }, label);

/* Several choices as buttons; `values` is changed in place. */
export const chips = (label: string, options: [string, string][], values: Set<string>, many: boolean, changed: () => void = () => undefined): HTMLElement => {
  const box = h('div.chips', { role: 'group', 'aria-label': label });
  const draw = (): void =>
    box.replaceChildren(
      ...options.map(([code, words]) =>
        h('button.chip', {
          type: 'button', 'aria-pressed': values.has(code) ? 'true' : 'false', 'data-code': code,
          click: () => {
            const on = values.has(code);
            if (!many) values.clear();
            on ? values.delete(code) : values.add(code);
            draw();
            changed();
          },
        }, words)));
  draw();
  return h('div.field', {}, h('p.label', {}, label), box);
};

/* A sheet from below over everything else; Escape and 取消 close it. */
export const sheet = (title: string, parts: Part[], closed: () => void = () => undefined): HTMLDialogElement => {
  const box = h('dialog.sheet', { 'aria-label': title }) as HTMLDialogElement;
  box.append(h('div.sheet-head', {}, h('h2', {}, title), button('关闭', () => box.close(), 'plain')), h('div.sheet-body', {}, parts));
  box.addEventListener('close', () => {
    box.remove();
    closed();
  });
  document.body.append(box);
  box.showModal();
  return box;
};
