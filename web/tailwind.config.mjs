// Which classes exist: only those our templates and scripts use. Colours are the theme's, as "R G B" variables, so that
// every browser since Chromium 65 can mix an opacity into them.
import daisyui from 'daisyui';

const theme = {
  primary: '#1c4e94',
  'primary-content': '#ffffff',
  secondary: '#475569',
  'secondary-content': '#ffffff',
  accent: '#8a5300',
  'accent-content': '#ffffff',
  neutral: '#24303f',
  'neutral-content': '#ffffff',
  'base-100': '#ffffff',
  'base-200': '#f3f5f8',
  'base-300': '#d5dce6',
  'base-content': '#1b2430',
  info: '#1c4e94',
  'info-content': '#ffffff',
  success: '#1a6b3c',
  'success-content': '#ffffff',
  warning: '#8a5300',
  'warning-content': '#ffffff',
  error: '#b3261e',
  'error-content': '#ffffff',
  '--rounded-box': '0.5rem',
  '--rounded-btn': '0.375rem',
  '--rounded-badge': '0.25rem',
  '--animation-btn': '0',
  '--animation-input': '0',
  '--btn-focus-scale': '1',
};

/* Classes stand in class="…" of templates and in className = '…' of scripts, nowhere else: words of the text must not
 * pull in components of the same name. */
const inTemplates = (text) =>
  [...text.matchAll(/\bclass="([^"]*)"/g)].flatMap((one) => one[1].replace(/\{\{.*?\}\}/g, ' ').split(/\s+/));
const inScripts = (text) => [...text.matchAll(/'([a-z][a-z0-9 -]*)'/g)].flatMap((one) => one[1].split(' '));

export default {
  content: {
    files: ['../src/**/*.html', './src/**/*.ts'],
    extract: { html: inTemplates, ts: inScripts },
  },
  blocklist: ['step', 'steps', 'card', 'card-body', 'card-title', 'menu', 'select-none'], /* ours, or not wanted */
  darkMode: 'class',
  theme: {
    screens: { sm: '640px', md: '768px', lg: '1024px', xl: '1280px' },
    fontFamily: { sans: ['PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'sans-serif'] },
    extend: { colors: { muted: '#525f70' } },
  },
  plugins: [daisyui],
  daisyui: { themes: [{ tuoyu: theme }], base: false, logs: false, darkTheme: false },
};

export { theme };
