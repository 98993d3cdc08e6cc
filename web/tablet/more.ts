// What was sent and what was not, the way out without a network, and about this tablet.
import * as clock from './clock';
import { seal, sign } from './crypto';
import { button, h } from './dom';
import { reportSheet } from './ledger';
import { choosePerson } from './people';
import { app, sendAll, todo, unsent } from './state';
import type { Item } from './types';

const MOST = 60;

/* Sealed to the server and signed by this device: whoever carries the file can neither read nor change it. */
const saveFile = async (said: HTMLElement): Promise<void> => {
  const items = app.items.filter((one) => one.state !== 'sent');
  const records = items.map((one) => (one.box ? { key: one.key, n: one.n, box: one.box } : { n: one.n, ...one.record }));
  const body = JSON.stringify({ records });
  const inner = JSON.stringify({ device: app.pairing!.id, body, signature: await sign(app.pairing!.keys, body) });
  const blob = new Blob([JSON.stringify({ box: await seal(inner, app.pairing!.box) })], { type: 'application/octet-stream' });
  const link = h('a', { href: URL.createObjectURL(blob), download: `未上传记录-${clock.today()}-${clock.timeOf(clock.now()).replace(':', '')}.tuoyu` }) as HTMLAnchorElement;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  said.textContent = `已保存${items.length}条。文件只有系统能打开，请负责人在“平板记录待处理”中读入。`;
};

const label: Record<Item['state'], string> = { new: '未上传', waiting: '等待中', sent: '已上传', todo: '需处理' };
const line = (item: Item): HTMLElement =>
  h('li', { 'data-state': item.state }, h('span', {}, `${clock.dayOf(item.made) === clock.today() ? '' : `${clock.dayOf(item.made).slice(5)} `}${clock.timeOf(item.made)} ${item.words}`), h('b', {}, label[item.state]),
    item.result?.message && (item.state !== 'sent' || item.result.result === 'row') && h('p', {}, item.result.message, (item.result.faults || []).map((one) => one.label && ` ${one.label}：${one.message}`)));

const about = (): HTMLElement => {
  const place = h('p', {}, '');
  void navigator.storage?.persisted?.().then((kept) => (place.textContent = kept ? '存储：已保护，不会被系统清理' : '存储：可能被系统清理，请及时联网上传'));
  return h('section', {}, h('h2', {}, '这台平板'), h('p', {}, `${app.pairing!.institution} · ${app.pairing!.name}`),
    h('p', {}, app.contact ? `最近联网：${clock.dayOf(app.contact).slice(5)} ${clock.timeOf(app.contact)}` : '还没有联网'), place, button('换人登记', choosePerson, 'wide'));
};

export const moreScreen = (): HTMLElement => {
  const order = { todo: 0, new: 1, waiting: 1, sent: 2 };
  const shown = app.items.filter((one) => !one.box).sort((a, b) => order[a.state] - order[b.state] || (b.n || 0) - (a.n || 0));
  const said = h('p.said', { role: 'status' });
  const report = app.day?.ledgers.find((one) => one.sealed);
  return h('div', {}, h('h2', {}, `未上传 ${unsent()} · 需处理 ${todo()}`),
    todo() > 0 && h('p', {}, '需处理的记录已保存在系统中，由负责人核对。'),
    h('div.acts', {}, button(app.asked ? '正在上传…' : '立即上传', () => void sendAll(), 'strong', { 'data-act': 'send', 'aria-busy': app.asked ? 'true' : 'false' }), button('保存未上传的记录到文件', () => void saveFile(said), '', { disabled: unsent() === 0, 'data-act': 'file' })), said,
    shown.length ? h('ul.list', {}, shown.slice(0, MOST).map(line)) : h('p.empty', {}, '没有记录'),
    shown.length > MOST && h('p', {}, `另有${shown.length - MOST}条`),
    report && h('section', {}, h('h2', {}, '保护未成年人'), button(report.title, () => reportSheet(report), 'wide', { 'data-act': 'abuse' })),
    about());
};
