// The frame: who and where, whether there is a line, what is not sent yet; one screen between; the way to the others below.
import { childrenScreen } from './children';
import * as clock from './clock';
import { due, inClass } from './day';
import { button, h } from './dom';
import { ledgersScreen } from './ledger';
import { moreScreen } from './more';
import { arrived, choosePerson, pairScreen, stayBar } from './people';
import { isSpilled } from './queue';
import { app, modeNow, staffWithPin, start, status, takeBack, tick, todo, ui, unsent } from './state';

const todayScreen = (): HTMLElement => {
  const all = status(), closed = app.day!.state !== 'open' && app.day!.state !== 'none' && app.day!.day === clock.today();
  return h('div', {},
    stayBar(),
    closed && h('p.warn', {}, '今天已日结：再登记的内容由负责人核对后作为更正。'),
    h('div.grid', {}, app.day!.classes.map((group) => {
      const children = inClass(app.day!, group.id), of = children.map((one) => all.get(one.id)!);
      const count = (test: (one: (typeof of)[0]) => unknown): number => of.filter(test).length;
      const open = of.reduce((sum, one) => sum + one.open.length, 0), bad = count((one) => one.morning === 'abnormal' || one.noon === 'abnormal');
      return h('button.tile.group', { type: 'button', 'data-class': group.id, click: () => {
        Object.assign(app, { group: group.id, screen: 'children', mode: modeNow() });
        ui.draw();
        scrollTo(0, 0);
      } }, h('b', {}, group.name), h('span.large', {}, `${count((one) => one.state === 'present')} / ${due(children, all).length}`),
        h('span', {}, `在园 / 应到${bad ? ` · 异常 ${bad}` : ''}${open ? ` · 未上传 ${open}` : ''}`));
    })),
    app.day!.classes.length === 0 && h('p.empty', {}, '这台设备还没有班级，请负责人在“平板设备”中添加'));
};

const screens: Record<string, [string, () => HTMLElement]> = {
  today: ['今天', todayScreen], children: ['到园离园', childrenScreen], ledgers: ['登记', ledgersScreen], more: ['上传', moreScreen],
};

const header = (): HTMLElement =>
  h('header', {}, h('div', {}, h('h1', {}, app.day?.device.name || app.pairing!.name), h('p', { role: 'status', 'data-online': app.online ? 'yes' : 'no' }, app.online ? '已联网' : '未联网，可继续登记', unsent() ? ` · 未上传 ${unsent()}` : '')),
    app.day && button(app.person?.name || (staffWithPin().length ? '谁在登记？' : '不署名'), choosePerson, 'person', { 'data-act': 'person' }));

const footer = (): HTMLElement =>
  h('nav', { 'aria-label': '主要页面' }, Object.entries(screens).map(([name, [label]]) => h('button', {
    type: 'button', 'aria-current': app.screen === name ? 'page' : undefined, 'data-screen': name,
    click: () => {
      app.screen = name;
      if (name === 'children') app.mode = modeNow();
      ui.draw();
      scrollTo(0, 0);
    },
  }, label, name === 'more' && todo() + unsent() > 0 && h('span.n', {}, String(todo() + unsent())))));

const undoBar = (last = app.undos[app.undos.length - 1]): HTMLElement | null =>
  last ? h('div.undo', { role: 'status' }, h('span', {}, last.words), button('撤销', () => void takeBack(), '', { 'data-act': 'undo' })) : null;

const root = document.getElementById('app')!;

/* Redrawn as a whole; what had the focus has it again. */
ui.draw = (): void => {
  const focused = document.activeElement as HTMLElement | null, mark = focused && root.contains(focused) ? ['data-child', 'data-act', 'data-screen', 'data-class', 'data-ledger'].map((name) => focused.getAttribute(name) && `[${name}="${focused.getAttribute(name)}"]`).find(Boolean) : null;
  if (!app.pairing) {
    root.replaceChildren(pairScreen());
    return;
  }
  document.body.classList.toggle('undoing', app.undos.length > 0);
  const needsDay = app.screen !== 'more' && !app.day;
  root.replaceChildren(
    header(),
    h('main', { id: 'main' },
      isSpilled() && h('p.said', { role: 'alert' }, '平板存储已满：最近的记录只在内存中，请不要关闭本页，尽快联网上传。'),
      app.said && !app.online && h('p.note', { role: 'status' }, app.said),
      needsDay ? h('p.empty', {}, app.online ? '正在取得名单…' : '没有当日名单，请联网后使用。') : screens[app.screen][1]()),
    ...[undoBar()].filter((one): one is HTMLElement => one !== null),
    footer());
  if (mark) root.querySelector<HTMLElement>(mark)?.focus({ preventScroll: true });
};

const begin = async (): Promise<void> => {
  await start();
  app.pairing ? arrived() : ui.draw();
  document.body.dataset.ready = 'yes';
  void tick();
  /* an installed copy works without a network; where that is not possible, the page works as it is */
  if ('serviceWorker' in navigator && window.isSecureContext) {
    const had = Boolean(navigator.serviceWorker.controller);
    navigator.serviceWorker.addEventListener('controllerchange', () => had && !document.querySelector('dialog[open]') && location.reload());
    await navigator.serviceWorker.register('/tablet/sw.js').catch(() => undefined);
  }
};
void begin();
