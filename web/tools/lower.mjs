// Lowers the built style sheet to Chromium 87: what the component library writes for newer browsers is resolved here,
// once, because we ship one theme and one direction of writing. What cannot be lowered is left for check_targets.mjs to
// refuse.
import parser from 'postcss-selector-parser';

const corners = {
  'border-start-start-radius': 'border-top-left-radius',
  'border-start-end-radius': 'border-top-right-radius',
  'border-end-start-radius': 'border-bottom-left-radius',
  'border-end-end-radius': 'border-bottom-right-radius',
};

const shortNames = {
  p: 'primary', pc: 'primary-content', s: 'secondary', sc: 'secondary-content', a: 'accent', ac: 'accent-content',
  n: 'neutral', nc: 'neutral-content', b1: 'base-100', b2: 'base-200', b3: 'base-300', bc: 'base-content',
  in: 'info', inc: 'info-content', su: 'success', suc: 'success-content', wa: 'warning', wac: 'warning-content',
  er: 'error', erc: 'error-content',
};

const triple = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join(' ');

/* The end of the bracket that opens at `open`. */
const closing = (text, open) => {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '(') depth++;
    if (text[at] === ')' && --depth === 0) return at;
  }
  throw new Error(`unclosed bracket: ${text}`);
};

const splitTop = (text, separator) => {
  const parts = [''];
  let depth = 0;
  for (const letter of text) {
    if (letter === '(') depth++;
    if (letter === ')') depth--;
    if (letter === separator && depth === 0) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim());
};

/* oklch(var(--p)/A) and var(--fallback-p,oklch(var(--p)/A)) become rgb(R G B/A). */
const colour = (value, theme) => {
  for (let at; (at = value.search(/var\(--fallback-/)) >= 0; ) {
    const end = closing(value, at + 3);
    const inner = value.slice(at + 4, end);
    const comma = inner.indexOf(',');
    const name = inner.slice('--fallback-'.length, comma < 0 ? undefined : comma);
    const fallback = comma < 0 ? `oklch(var(--${name}))` : inner.slice(comma + 1);
    value = value.slice(0, at) + fallback + value.slice(end + 1);
  }
  for (let at; (at = value.search(/oklch\(/)) >= 0; ) {
    const end = closing(value, at + 5);
    const [name, alpha] = splitTop(value.slice(at + 6, end), '/');
    const hex = [...name.matchAll(/var\(--([a-z0-9-]+)/g)].map((one) => theme[shortNames[one[1]]]).find(Boolean);
    if (!hex) throw new Error(`unknown colour: ${value}`);
    const rgb = alpha ? `rgb(${triple(hex)} / ${alpha})` : hex;
    value = value.slice(0, at) + rgb + value.slice(end + 1);
  }
  return value;
};

/* The choice in place of its pseudo-class; a type selector moves to the front of its compound: .b:is(input) → input.b */
const place = (pseudo, choice) => {
  const { parent } = pseudo;
  let at = parent.index(pseudo);
  const head = /^[a-z]/.test(choice);
  while (head && at > 0 && parent.at(at - 1).type !== 'combinator') at--;
  if (head && at < parent.index(pseudo) && parent.at(at).type === 'tag') throw new Error(`cannot expand ${parent}`);
  pseudo.remove();
  const one = parser.string({ value: choice });
  if (at < parent.length) parent.insertBefore(parent.at(at), one);
  else parent.append(one);
};

/* a:is(b,c) d:where(e) → a.b d.e, a.c d.e: by repeated replacement of the first such pseudo-class. */
const expand = (selector) => {
  const root = parser().astSync(selector);
  let found = null;
  root.walkPseudos((pseudo) => {
    if (!found && (pseudo.value === ':is' || pseudo.value === ':where')) found = pseudo;
  });
  if (!found) return [selector];
  const source = String(root);
  const results = [];
  for (const choice of found.nodes.map((node) => String(node).trim())) {
    const copy = parser().astSync(source);
    let first = null;
    copy.walkPseudos((pseudo) => {
      if (!first && (pseudo.value === ':is' || pseudo.value === ':where')) first = pseudo;
    });
    place(first, choice);
    results.push(...expand(String(copy)));
  }
  return results;
};

const lowerSelectors = (rule) => {
  const selectors = rule.selectors
    .filter((one) => !/:has\(|\[dir=|::backdrop|:modal|\.(artboard|mockup-|join|label)\b/.test(one))
    .flatMap(expand)
    .map((one) => one.replace(/:not\(([^()]*,[^()]*)\)/g, (all, list) =>
      list.split(',').map((part) => `:not(${part.trim()})`).join('')));
  if (selectors.length === 0) rule.remove();
  else rule.selectors = [...new Set(selectors)];
};

export const lower = (theme) => ({
  postcssPlugin: 'lower',
  OnceExit(root) {
    root.walkAtRules('supports', (at) => {
      if (/^not/.test(at.params) || /color-mix|oklch/.test(at.params)) at.remove();
    });
    root.walkRules((rule) => {
      if (rule.parent.type === 'atrule' && /keyframes$/.test(rule.parent.name)) return;
      lowerSelectors(rule);
    });
    root.walkDecls((decl) => {
      const short = /^--(?:fallback-)?([a-z0-9]+)$/.exec(decl.prop)?.[1];
      if (shortNames[short] && /^(#|[\d.]+%|var\(--fallback)/.test(decl.value)) return decl.remove();
      if (corners[decl.prop]) decl.prop = corners[decl.prop];
      if (decl.prop === 'aspect-ratio' || /\d(dvh|svh|lvh)\b/.test(decl.value)) return decl.remove();
      if (/color-mix\(/.test(decl.value)) return decl.remove();
      if (/oklch|--fallback-/.test(decl.value)) decl.value = colour(decl.value, theme);
      return undefined;
    });
    root.walkRules((rule) => {
      if (rule.nodes.length === 0) rule.remove();
    });
    root.walkAtRules((at) => {
      if (at.nodes && at.nodes.length === 0) at.remove();
    });
  },
});
