// Renders the page templates outside the program, for looking at them: the same language as src/page/template.c, to the
// extent that pages use it. Names do not climb, @name reads the frame, a truthy map or list element becomes the context.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const source = fileURLToPath(new URL('../../src', import.meta.url));
const chinese = (iso) => iso.replace(/^(\d+)-0?(\d+)-0?(\d+)/, '$1年$2月$3日').replace('T', ' ').slice(0, 17);

export class Day {
  constructor(iso) {
    this.iso = iso;
  }
}
export class Code {
  constructor(code, label) {
    this.code = code;
    this.label = label;
  }
}

const parse = (name) => {
  const text = readFileSync(path.join(source, `${name}.html`), 'utf8');
  const root = { items: [] };
  const stack = [root];
  let last = 0;
  for (const tag of text.matchAll(/\{\{([#^/>!]?)\s*([\s\S]*?)\s*\}\}/g)) {
    stack[0].items.push(text.slice(last, tag.index));
    last = tag.index + tag[0].length;
    const [, kind, word] = tag;
    if (kind === '!') continue;
    if (kind === '/') {
      if (stack.length < 2 || stack.shift().name !== word) throw new Error(`${name}: {{/${word}}} closes nothing`);
      continue;
    }
    const node = { kind, name: word, items: [] };
    stack[0].items.push(node);
    if (kind === '#' || kind === '^') stack.unshift(node);
  }
  if (stack.length !== 1) throw new Error(`${name}: {{#${stack[0].name}}} is not closed`);
  stack[0].items.push(text.slice(last));
  return root;
};

const find = (name, here, frame) => {
  if (name === '.') return here.it;
  if (name === '-first' || name === '-last' || name === '-index') return here[name];
  let at = name[0] === '@' ? frame : here.it;
  for (const part of name.replace('@', '').split('.')) at = at === null || at === undefined ? undefined : at[part];
  return at;
};

const truthy = (value) => value === 0 || (Array.isArray(value) ? value.length > 0 : Boolean(value));
const isMap = (value) => typeof value === 'object' && !(value instanceof Day) && !(value instanceof Code);
const inTag = (out) => out.lastIndexOf('<') > out.lastIndexOf('>');

const print = (value, attribute) => {
  if (value === undefined || value === null) return '';
  if (value instanceof Day) return attribute ? value.iso : chinese(value.iso);
  if (value instanceof Code) return attribute ? value.code : value.label;
  const text = value === true ? '是' : value === false ? '否' : String(value);
  return text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
};

export const render = (name, model, frame) => {
  let out = '';
  const run = (node, here) => {
    for (const item of node.items) {
      if (typeof item === 'string') {
        out += item;
        continue;
      }
      if (item.kind === '>') {
        run(parse(item.name), here);
        continue;
      }
      const value = find(item.name, here, frame);
      if (item.kind === '^') {
        if (!truthy(value)) run(item, here);
      } else if (item.kind === '#') {
        if (!truthy(value)) continue;
        if (Array.isArray(value))
          value.forEach((it, i) => run(item, { it, '-first': i === 0, '-last': i === value.length - 1, '-index': i + 1 }));
        else run(item, isMap(value) ? { it: value } : here);
      } else if (item.name.startsWith('json ')) {
        out += JSON.stringify(find(item.name.slice(5), here, frame)).replace(/</g, '\\u003c');
      } else out += print(value, inTag(out));
    }
  };
  run(parse(name), { it: model });
  return out;
};
