// A second hand under a record: a medicine is given by one and checked by another, each with a number of her own.
import * as clock from './clock';
import { stayOf } from './day';
import { button, h, sheet } from './dom';
import { askPin } from './people';
import { app, draft, save, staffWithPin } from './state';
import type { Item, Ledger, Staff } from './types';

/* Carers of the same shift: who is signed in now; where nobody else is, everybody who has a number. */
const others = (first: string | undefined, posts: string[]): Staff[] => {
  const all = staffWithPin().filter((one) => one.id !== first && posts.some((post) => `|${one.posts}|`.includes(`|${post}|`)));
  const here = all.filter((one) => stayOf(app.day!, app.items, one.id));
  return here.length ? here : all;
};

export const secondSheet = (ledger: Ledger, item: Item): void => {
  const { step, label, hint, posts } = ledger.second!, people = others(item.record!.staff, posts), fields = item.record!.fields;
  const about = ledger.parts?.find((one) => one.id === item.record!.part)?.words;
  const box = sheet(label, [
    h('p.large', {}, item.words), about && h('p', {}, `委托：${about}`),
    ledger.fields.filter((field) => fields[field.name] && !field.code).map((field) => h('p', {}, `${field.label}：${fields[field.name]}`)),
    h('p.warn', {}, hint || ''), h('p.hint', {}, '由登记人以外的另一人核对，输入自己的平板口令'),
    people.length ? h('div.grid', {}, people.map((one) => button(one.name, () => {
      box.close();
      askPin(one, () => {
        const signed = draft({ form: ledger.form, op: 'step', step, ref: item.key, fields: {} }, `${item.words} · ${label}：${one.name}`);
        signed.record!.staff = one.id;
        void save([signed], '');
      });
    }, 'tile', { 'data-second': one.id }))) : h('p', {}, `没有其他设置了平板口令的人员，请在系统中${label}。`),
    button('稍后再签', () => box.close(), 'wide', { 'data-act': 'later' }),
  ]);
};

/* Records of today that this tablet made and nobody has put a second hand under here. */
export const unsigned = (): [Ledger, Item][] => {
  const signed = new Set(app.items.map((one) => one.record?.ref));
  return app.items.flatMap((item): [Ledger, Item][] => {
    const ledger = app.day!.ledgers.find((one) => one.second && one.form === item.record?.form);
    return ledger && item.record!.op === 'create' && item.state !== 'todo' && !signed.has(item.key) && clock.dayOf(item.made) === clock.today() ? [[ledger, item]] : [];
  });
};
