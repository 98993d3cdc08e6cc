// What is out of the ordinary about one child: something seen at the check, an absence, who fetches it.
import { arrival, check } from './children';
import * as clock from './clock';
import { isAbnormal, type Status } from './day';
import { button, chips, h, sheet } from './dom';
import { ledgersOf, ledgerSheet } from './ledger';
import { Offline, signed } from './net';
import { askNumber } from './people';
import { camera } from './photo';
import { HOLD_MS } from './queue';
import { app, draft, save } from './state';
import { portraitOf } from './portrait';
import type { Child, Item, Pickup } from './types';

const codes = (name: string): [string, string][] => app.day!.codes[name] || [];
const checkForm = (child: Child, close: () => void): HTMLElement => {
  const symptoms = new Set<string>(), parts = new Set<string>(), handling = new Set<string>(), things = new Set<string>();
  const temperature = h('input', { id: 'temperature', inputmode: 'decimal', maxlength: '4', autocomplete: 'off', placeholder: '如 37.6' }) as HTMLInputElement;
  const photo = child.photos ? camera('photo') : null;
  const said = h('p.said', { role: 'alert' });
  /* what was said is taken back as soon as it is done */
  const settle = (): void => {
    if (!isAbnormal({ temperature: temperature.value.trim(), symptoms: [...symptoms] }) || handling.size) said.textContent = '';
  };
  temperature.addEventListener('input', settle);
  const store = async (): Promise<void> => {
    const heat = temperature.value.trim().replace('．', '.').replace('。', '.');
    if (heat && !(Number(heat) >= 34 && Number(heat) <= 43)) return void (said.textContent = '体温应在34到43℃之间');
    const fields: Record<string, unknown> = { temperature: heat || undefined };
    if (symptoms.size) fields.symptoms = [...symptoms];
    if (isAbnormal(fields) && !handling.size) return void (said.textContent = '有异常，请选择处理');
    if (parts.size) fields.parts = [...parts];
    if (things.size) fields.dangerous = [...things];
    if (handling.size) fields.handling = [...handling][0];
    try {
      const file = photo && (await photo.take());
      if (file) fields.photo = file;
      await save([check(child, fields, HOLD_MS, file?.hash)], `${child.name} 检查已记录`);
      close();
    } catch (fault) {
      said.textContent = fault instanceof Error ? fault.message : String(fault);
    }
  };
  return h('div', {},
    chips('看到的异常', codes('symptom'), symptoms, true, settle), chips('处理', codes('check_handling'), handling, false, settle),
    h('div.field', {}, h('label', { for: 'temperature' }, '体温（℃）'), temperature),
    h('details', {}, h('summary', {}, photo ? '部位、物品、照片' : '部位、物品'), chips('异常部位', codes('body_part'), parts, true), chips('危险物品', codes('dangerous_thing'), things, true), photo?.box),
    said, button('保存', () => void store(), 'strong wide', { 'data-act': 'save-check' }));
};

export const childSheet = (child: Child, now: Status): void => {
  const close = (): void => box.close();
  const done = app.mode === 'noon' ? now.noon : now.morning;
  const ledgers = ledgersOf('child');
  const box = sheet(child.name, [
    child.allergies && h('p.warn', {}, `过敏：${child.allergies}`), child.diet && h('p.warn', {}, `饮食：${child.diet}`),
    child.barred && h('p.warn', {}, '须先在系统中登记返托证明，才能到园'), child.expected === false && h('p.note', {}, '按合同今日不来'),
    now.state === 'none' && h('div.acts', {}, !child.barred && button('已到', () => {
      close();
      void save([arrival(child)], `${child.name} 已到`);
    }, 'strong'), button('缺勤', () => {
      close();
      absenceSheet(child);
    })),
    now.state === 'absent' && now.row && button('已到园', () => {
      close();
      void save([draft({ form: 'attendance', op: 'step', step: 'arrive', ...now.row, fields: { arrived_at: clock.timeOf(clock.now()), received_by: app.person?.id } }, `${child.name} 到园`, HOLD_MS)], `${child.name} 到园`);
    }, 'strong wide'),
    now.state === 'present' && app.day!.may.morning_check && (done ? h('p', {}, `${app.mode === 'noon' ? '午检' : '晨检'}已登记：${done === 'abnormal' ? '异常' : '正常'}`) : checkForm(child, close)),
    now.state === 'present' && button('离园', () => {
      close();
      leaveSheet(child, now);
    }, 'wide'),
    now.state === 'present' && button('未到园（登记有误）', () => {
      close();
      reasonSheet(child, '没有来', (reason) => draft({ form: 'attendance', op: 'step', step: 'not_come', ...now.row, fields: { reason } }, `${child.name} 未到园`, HOLD_MS));
    }, 'wide', { 'data-act': 'not-come' }),
    now.state === 'left' && now.row && button('又回来了', () => {
      close();
      void save([draft({ form: 'attendance', op: 'step', step: 'back', ...now.row, fields: {} }, `${child.name} 返园`, HOLD_MS)], `${child.name} 返园`);
    }, 'wide'),
    ledgers.length > 0 && h('div.acts', {}, ledgers.map((one) => button(one.title, () => {
      close();
      ledgerSheet(one, { child });
    }))),
  ]);
};

const reasonSheet = (child: Child, title: string, make: (reason: string) => Item): void => {
  const box = sheet(`${child.name} ${title}`, [h('div.grid', {}, codes('absence_reason').map(([code, label]) => button(label, () => {
    box.close();
    app.absent = false;
    const item = make(code);
    void save([item], item.words);
  }, 'tile')))]);
};
export const absenceSheet = (child: Child): void =>
  reasonSheet(child, '缺勤', (reason) => draft({ form: 'attendance', op: 'create', day: clock.today(), fields: { child: child.id, reason } }, `${child.name} 缺勤`, HOLD_MS));

/* ---- who fetches the child ---- */

const portrait = (person: Pickup): HTMLElement => {
  const image = h('img', { alt: '', hidden: true }) as HTMLImageElement;
  const show = (blob: Blob): void => {
    image.src = URL.createObjectURL(blob);
    image.hidden = false;
    image.onload = () => URL.revokeObjectURL(image.src);
  };
  if (person.photo) void portraitOf(app.pairing!, person).then(show).catch(() => undefined);
  return image;
};

export const leaveSheet = (child: Child, now: Status): void => {
  const people = app.day!.pickups.filter((one) => one.child === child.id);
  const guardians = (app.day!.guardians || []).filter((one) => one.child === child.id); /* a day kept from before names none */
  const gone = (fields: Record<string, unknown>, who: string): void => {
    box.close();
    void save([draft({ form: 'attendance', op: 'step', step: 'leave', id: now.row?.id, ref: now.row?.ref, fields: { left_at: clock.timeOf(clock.now()), handed_by: app.person?.id, ...fields } }, `${child.name} 离园 · ${who}`, HOLD_MS)], `${child.name} 由${who}接走`);
  };
  /* compared by the server: no code, and nothing that a code could be found from, is here */
  const byCode = (): void => askNumber('接送口令', '输入接送口令后按确定', 8, async (value, silent) => {
    if (silent) return '';
    try {
      const body = new TextEncoder().encode(JSON.stringify({ child: child.id, code: value })) as Uint8Array<ArrayBuffer>;
      const { person, proof } = (await signed(app.pairing!, 'POST', '/tablet/code', body, { 'content-type': 'application/json' })).body.data;
      gone({ fetch_check: 'code', fetched_by: person, fetch_code: proof }, people.find((one) => one.id === person)?.name || '委托人');
      return null;
    } catch (fault) {
      return fault instanceof Offline ? '没有网络，不能核对口令：请核对照片和姓名，或电话核实监护人' : fault instanceof Error ? fault.message : String(fault);
    }
  }, () => undefined);
  const byPhoto = (one: Pickup): void => {
    const ask = sheet('核对照片和姓名', [portrait(one), h('p.large', {}, `${one.name} · ${one.relation || '委托人'}`), button('是本人，交接', () => {
      ask.close();
      gone({ fetch_check: 'photo', fetched_by: one.id }, one.name);
    }, 'strong wide')]);
  };
  const stranger = (): void => {
    const name = h('input', { id: 'who', maxlength: '40', autocomplete: 'off' }) as HTMLInputElement;
    const called = new Set<string>(), said = h('p.said', { role: 'alert' });
    const ask = sheet('未登记的人来接', [
      h('p.warn', {}, '先打电话给监护人核实，再交接。'), h('div.field', {}, h('label', { for: 'who' }, '来接的人姓名'), name),
      chips('已电话核实哪一位监护人', guardians.map((one) => [one.id, `${one.name}${one.relation ? ` · ${one.relation}` : ''}`]), called, false), said,
      button('交接', () => {
        if (!called.size || !name.value.trim()) return void (said.textContent = '请填写姓名，并先电话核实监护人');
        ask.close();
        gone({ fetch_check: 'call', fetched_name: name.value.trim(), called_guardian: [...called][0], called_at: clock.timeOf(clock.now()) }, name.value.trim());
      }, 'strong wide'),
    ]);
  };
  const box = sheet(`${child.name} 离园`, [
    h('div.grid', {}, guardians.map((one) => button(`监护人 ${one.name}${one.relation ? ` · ${one.relation}` : ''}`, () => gone({ fetch_check: 'guardian', fetched_guardian: one.id }, one.name), 'tile strong', { 'data-guardian': one.id })), people.some((one) => one.code) && button('接送口令', byCode, 'tile'),
      people.filter((one) => one.photo).map((one) => button(`${one.name} · ${one.relation || '委托人'}`, () => byPhoto(one), 'tile', { 'data-pickup': one.id }))),
    button('未登记的人', stranger, 'wide'),
  ]);
};
