// The children of a class: came, looked at, gone. One tap for what is ordinary, a sheet for what is not.
import * as clock from './clock';
import type { Status } from './day';
import { due, inClass, isAbnormal, isDue } from './day';
import { button, h } from './dom';
import { app, draft, save, status, ui } from './state';
import { absenceSheet, childSheet, leaveSheet } from './sheets';
import { HOLD_MS } from './queue';
import type { Child, Item } from './types';

const words: Record<string, string> = { none: '未到', present: '已到', left: '已离园', absent: '缺勤' };

export const arrival = (child: Child): Item =>
  draft({ form: 'attendance', op: 'create', day: clock.today(), fields: { child: child.id, arrived_at: clock.timeOf(clock.now()), received_by: app.person?.id } }, `${child.name} 到园`, HOLD_MS);

const round = (): 'morning' | 'noon' => (app.mode === 'noon' ? 'noon' : 'morning');
export const check = (child: Child, fields: Record<string, unknown>, hold = 0, photo?: string): Item =>
  draft({ form: 'morning_check', op: 'create', day: clock.today(), fields: { child: child.id, round: round(), at: clock.timeOf(clock.now()), checked_by: app.person?.id, ...fields } },
    `${child.name} ${round() === 'noon' ? '午检' : '晨检'}${isAbnormal(fields) ? '异常' : '正常'}`, hold, photo);

const tap = (child: Child, now: Status): void => {
  if (app.absent && now.state === 'none') absenceSheet(child);
  else if (app.mode === 'leave') now.state === 'present' ? leaveSheet(child, now) : childSheet(child, now);
  else if (app.mode === 'arrive' && now.state === 'none' && !child.barred) void save([arrival(child)], `${child.name} 已到`);
  else childSheet(child, now);
};

const tile = (child: Child, now: Status): HTMLElement => {
  const checked = app.mode === 'noon' ? now.noon : now.morning;
  const state = `${words[now.state]}${now.time && now.state !== 'absent' ? ` ${now.time}` : ''}`;
  const ahead = now.state !== 'none' ? '' : child.barred ? '须返托证明' : child.expected === false ? '今日不来' : '';
  const mark = now.todo ? '需处理' : ahead ? ahead : checked === 'abnormal' ? '异常' : checked === 'normal' ? '正常' : '';
  return h('button.tile.child', { type: 'button', 'data-child': child.id, 'data-state': now.state, 'data-due': isDue(child, now) ? 'yes' : 'no', 'data-check': checked || '', click: () => tap(child, now) },
    h('b', {}, child.name, now.open.length > 0 && h('span.unsent', { title: '未上传' }, ' ↑')), h('span', {}, state, mark && ` · ${mark}`),
    child.allergies && h('span.warn', {}, `过敏：${child.allergies}`));
};

const everybody = (children: Child[], all: Map<string, Status>): HTMLElement[] => {
  /* what is said of all is said of a class that one has before one's eyes */
  if (!app.group && app.day!.classes.length > 1) return [];
  const missing = due(children, all).filter((one) => all.get(one.id)!.state === 'none');
  const which = app.mode === 'noon' ? 'noon' : 'morning';
  const unchecked = children.filter((one) => all.get(one.id)!.state === 'present' && !all.get(one.id)![which] && !one.barred);
  if (app.mode === 'leave') return [];
  const may = app.day!.may;
  return [
    ...(may.morning_check ? [button(`在场的都正常（${unchecked.length}）`, () => void save(unchecked.map((one) => check(one, {}, HOLD_MS)), `${unchecked.length}名${which === 'noon' ? '午检' : '晨检'}正常`), 'strong', { disabled: !unchecked.length, 'data-act': 'normal' })] : []),
    ...(app.mode === 'arrive' ? [
      button(`其余都已到（${missing.length}）`, () => void save(missing.map(arrival), `${missing.length}名已到`), '', { disabled: !missing.length, 'data-act': 'arrived' }),
    ] : []),
  ];
};

export const childrenScreen = (): HTMLElement => {
  const children = inClass(app.day!, app.group), all = status();
  const modes: [typeof app.mode, string][] = [['arrive', '到园晨检'], ['noon', '午检'], ['leave', '离园']];
  const here = children.filter((one) => all.get(one.id)!.state === 'present').length;
  return h('div', {},
    h('div.modes', { role: 'group', 'aria-label': '现在登记什么' }, modes.filter(([mode]) => mode !== 'noon' || app.day!.may.morning_check).map(([mode, label]) => button(label, () => {
      app.mode = mode;
      app.absent = false;
      ui.draw();
    }, 'chip', { 'aria-pressed': app.mode === mode ? 'true' : 'false' }))),
    app.day!.classes.length > 1 && h('div.modes', { role: 'group', 'aria-label': '班级' }, [{ id: '', name: '全部' }, ...app.day!.classes].map((one) => button(one.name, () => {
      app.group = one.id || null;
      ui.draw();
    }, 'chip', { 'aria-pressed': (app.group || '') === one.id ? 'true' : 'false' }))),
    h('div.count', {}, h('p', {}, `在园 ${here} / ${due(children, all).length}`, app.absent && ' · 点名字登记缺勤'), app.mode === 'arrive' && button(app.absent ? '取消' : '登记缺勤', () => {
      app.absent = !app.absent;
      ui.draw();
    }, 'chip', { 'aria-pressed': app.absent ? 'true' : 'false' })),
    h('div.grid', {}, children.map((one) => tile(one, all.get(one.id)!))),
    children.length === 0 && h('p.empty', {}, '这里没有在托的婴幼儿'),
    h('div.acts.low', {}, everybody(children, all)));
};
