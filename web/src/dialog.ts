// Questions and the help on keys, in a <dialog> where there is one, else in the browser's own box.

const shortcuts: [string, string][] = [
  ['/', '到搜索框'],
  ['j　k', '下一行、上一行'],
  ['Enter', '打开所选的行'],
  ['g h', '回到首页'],
  ['g n', '看消息'],
  ['g 1 … 9', '打开第几个菜单'],
  ['?', '显示本说明'],
];

const open = (fill: (box: HTMLDialogElement) => void): HTMLDialogElement => {
  const box = document.createElement('dialog');
  fill(box);
  document.body.append(box);
  box.addEventListener('close', () => box.remove());
  box.showModal();
  return box;
};

const element = (name: string, text: string, className = ''): HTMLElement => {
  const one = document.createElement(name);
  one.textContent = text;
  one.className = className;
  return one;
};

const button = (label: string, className: string, act: () => void): HTMLButtonElement => {
  const one = element('button', label, className) as HTMLButtonElement;
  one.type = 'button';
  one.addEventListener('click', act);
  return one;
};

export const ask = (question: string): Promise<boolean> => {
  if (!window.HTMLDialogElement) return Promise.resolve(window.confirm(question));
  return new Promise((resolve) => {
    let sure = false;
    const box = open((it) => {
      const title = element('h2', question);
      title.id = 'ask';
      it.setAttribute('aria-labelledby', 'ask');
      const actions = element('div', '', 'actions');
      const yes = () => {
        sure = true;
        it.close();
      };
      actions.append(button('取消', 'btn', () => it.close()), button('确定', 'btn btn-primary', yes));
      it.append(title, actions);
    });
    box.addEventListener('close', () => resolve(sure));
  });
};

export const help = (): void => {
  if (!window.HTMLDialogElement || document.querySelector('dialog')) return;
  open((it) => {
    const title = element('h2', '键盘操作');
    title.id = 'help';
    it.setAttribute('aria-labelledby', 'help');
    const list = document.createElement('dl');
    for (const [key, what] of shortcuts) {
      const term = document.createElement('dt');
      term.append(element('kbd', key));
      list.append(term, element('dd', what));
    }
    const actions = element('div', '', 'actions');
    actions.append(button('关闭', 'btn', () => it.close()));
    it.append(title, list, actions);
  });
};
