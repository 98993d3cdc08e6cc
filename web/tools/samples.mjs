// Models to look at the page templates with. Everything in them is invented.
import { Day } from './mustache.mjs';

const day = (iso) => new Day(iso);
const option = (code, label, selected = false) => ({ code, label, selected });

export const frame = {
  city: '平凉',
  user: { name: '演示用户甲', department: '演示县卫生健康局', area: '演示县', home_url: '/work' },
  menu: { first: [
    { label: '待办', url: '/work', current: false, count: 12 },
    { label: '机构', url: '/institution', current: true },
    { label: '备案', url: '/filing', current: false, count: 3 },
    { label: '检查与整改', url: '/inspection', current: false },
    { label: '投诉举报', url: '/complaint', current: false, count: 1 },
    { label: '从业人员', url: '/staff', current: false },
  ], groups: [
    { title: '信用', open: false, items: [{ label: '信用档案', url: '/credit', current: false }] },
    { title: '统计', open: true, items: [{ label: '统计与指标', url: '/stats', current: false }, { label: '法规标准', url: '/standards', current: false }] },
  ] },
  csrf: 'demo', demo: true, now: day('2026-03-05T09:30'),
  css_url: '/app.css', js_url: '/app.js', htmx_url: '/htmx.js', charts_url: '/charts.js',
  notices_url: '/notices', notices_count: 4, logout_url: '/logout',
};

const visitor = { ...frame, user: null, menu: null, breadcrumbs: [], title: '登录' };
const crumbs = (...labels) => labels.map((label, i) => ({ label, url: i < labels.length - 1 ? '/work' : '' }));

const towns = ['城关镇', '东关街道', '北山镇', '河口镇', '南川乡', '西塬乡'];
const states = [
  { code: 'filed', label: '已备案', tone_good: true },
  { code: 'submitted', label: '待出回执', tone_warn: true },
  { code: 'unfit', label: '内容不符', tone_bad: true },
  { code: 'draft', label: '草稿', tone_plain: true },
];
const rows = Array.from({ length: 20 }, (_, i) => {
  const places = 30 + ((i * 17) % 90);
  return {
    url: `/institution/${1000 + i}`, title: `演示托育园（${i + 1}号）`,
    cells: [
      { label: '所在地', value: towns[i % towns.length] },
      { label: '类别', value: i % 3 ? '营利性' : '非营利性' },
      { label: '托位', value: places, number: true },
      { label: '在托', value: Math.round(places * 0.7), number: true },
      { label: '备案日期', value: day(`2025-${String((i % 12) + 1).padStart(2, '0')}-1${i % 9}`) },
      { label: '状态', badge: states[i % 5 === 0 ? 1 : i % 7 === 0 ? 2 : i % 11 === 0 ? 3 : 0] },
    ],
  };
});

const findings = [
  { rule: 'SET-19c', severity: { code: 'block', label: '不符合' }, tone_bad: true, field_url: '#f-toddlers',
    message: '托大班 23 人，超过每班 20 人', advice: '调整分班，或减少该班招收人数。', document: '托育机构设置标准（试行）',
    article: '第十九条', confidence_label: '原文已核', since: day('2019-10-08') },
  { rule: 'FIRE-4', severity: { code: 'warn', label: '请核实' }, tone_warn: true,
    message: '消防安全检查合格证明 18 天后到期', document: '托育机构消防安全指南（试行）', article: '第二条',
    confidence_label: '条款待核', since: day('2022-01-14') },
];

const stepFields = [
  { name: 'missing', id: 'step-return-missing', label: '需要补正的材料', hint: '一次写全，逐项写明', need: true, lines: true, rows: 4, value: '' },
];

const list = {
  title: '机构', intro: '本县登记在册的托育机构。', title_label: '机构名称', new_url: '/institution/new', import_url: '/institution/import',
  exports: [{ label: 'Excel 表格（XLSX）', url: '/institution.xlsx' }, { label: '文本（CSV）', url: '/institution.csv' }],
  search: { value: '' }, list_url: '/institution', filtered: true,
  filters: [
    { name: 'state', label: '状态', options: [option('filed', '已备案'), option('submitted', '待出回执'), option('unfit', '内容不符')] },
    { name: 'area', label: '所在地', options: towns.map((one, i) => option(`t${i}`, one, i === 1)) },
    { name: 'kind', label: '类别', options: [option('p', '营利性'), option('n', '非营利性')] },
  ],
  columns: [
    { label: '所在地', sort_url: '/institution?sort=area' }, { label: '类别' },
    { label: '托位', number: true, sort_url: '/institution?sort=places', descending: true }, { label: '在托', number: true },
    { label: '备案日期', sort_url: '/institution?sort=day' }, { label: '状态' },
  ],
  rows, empty: '', count_text: '共 143 家，本页 20 家', next_url: '/institution?after=20', first_url: '',
};

const record = {
  title: '演示托育园（6号）', subtitle: '备案编号 演示-2026-0006 · 城关镇', state: states[1],
  clocks: [
    { label: '出具备案回执', text: '还剩 2 个工作日，3月9日到期', due: day('2026-03-09'), urgent: true },
    { label: '备案内容核查', text: '还剩 12 个工作日，3月23日到期', due: day('2026-03-23') },
    { label: '补正材料', text: '已于 3月2日补齐', stopped: true },
  ],
  steps: [
    { name: 'receipt', label: '出具备案回执', url: '/filing/6/receipt', primary: true, key: 'k1', version: 3,
      consequence: '将向机构出具加盖电子印章的备案回执，机构名称和地址在网站公布。' },
    { name: 'return', label: '一次性告知补正', url: '/filing/6/return', key: 'k2', version: 3, fields: stepFields,
      consequence: '将退回机构补正，办理期限停止计算。' },
    { name: 'unfit', label: '告知内容不符合', url: '/filing/6/unfit', danger: true, key: 'k3', version: 3,
      consequence: '将书面告知机构备案内容不符合要求，并在网站公布。此决定记入机构档案，不能撤销。' },
  ],
  sections: [
    { title: '基本情况', fields: [
      { label: '机构名称', value: '演示托育园（6号）' },
      { label: '统一社会信用代码', value: '演示-不是真实代码' },
      { label: '地址', value: '演示县城关镇演示路 6 号\n一层、二层', changed: true },
      { label: '建筑面积', value: '640.00', unit: '平方米' },
      { label: '收托规模', value: 68, unit: '人' },
      { label: '服务方式', value: '全日托、计时托' },
      { label: '开办日期', value: day('2026-02-16') },
      { label: '所属机构', value: '演示教育服务公司', link_url: '/institution/2' },
    ] },
    { title: '负责人', fields: [
      { label: '姓名', value: '演示负责人' },
      { label: '身份证件号码', value: '6227**********001X', masked: true, unmask_url: '/filing/6/unmask/identity' },
      { label: '联系电话', value: '138****0000', masked: true, unmask_url: '/filing/6/unmask/phone' },
      { label: '电子邮箱', value: '' },
    ] },
  ],
  documents: [
    { label: '营业执照', file_url: '/file/1', file_name: '营业执照.jpg，412 KB', is_image: true },
    { label: '消防安全检查合格证明', file_url: '/file/2', file_name: '消防.pdf，1.2 MB', is_pdf: true, expires: day('2026-03-23') },
    { label: '餐饮服务许可证', file_url: '/file/3', file_name: '许可证.pdf，0.9 MB', is_pdf: true, expires: day('2026-02-28'), expired: true },
  ],
  parts: [
    { title: '工作人员', new_url: '/filing/6/staff/new', columns: [{ label: '姓名' }, { label: '岗位' }, { label: '资格证书' }],
      rows: ['演示人员一', '演示人员二', '演示人员三'].map((name, i) => ({
        url: `/staff/${i}`, cells: [{ label: '姓名', value: name }, { label: '岗位', value: i ? '保育人员' : '负责人' },
          { label: '资格证书', value: i === 2 ? '未上传' : '育婴员（四级）' }] })) },
    { title: '分园', empty: '没有分园', columns: [{ label: '名称' }, { label: '地址' }], rows: [] },
  ],
  edit_url: '', history_url: '/filing/6/history', print_url: '/filing/6/print', version: 3,
  previous_note: '食品经营许可证已过期，请换证后重新上传。',
};

const fields = [
  { section: '机构', name: 'name', id: 'f-name', label: '机构名称', hint: '与登记证书一致', need: true, text: true, value: '演示托育园（6号）', maxlength: 60 },
  { name: 'uscc', id: 'f-uscc', label: '统一社会信用代码', need: true, text: true, value: '1234', error: '应为 18 位，请核对第 5 位起的内容', autocomplete: 'off' },
  { name: 'kind', id: 'f-kind', label: '机构类别', need: true, choice: true, options: [option('p', '营利性', true), option('n', '非营利性')] },
  { name: 'service', id: 'f-service', label: '服务方式', hint: '可多选', need: true, choices: true,
    options: [option('full', '全日托', true), option('half', '半日托'), option('hour', '计时托', true), option('temp', '临时托')].map((one) => ({ ...one, name: 'service' })) },
  { name: 'area', id: 'f-area', label: '所在乡镇、街道', need: true, area: true, options: towns.map((one, i) => option(`t${i}`, one)) },
  { name: 'floor', id: 'f-floor', label: '建筑面积', need: true, number: true, inputmode: 'decimal', value: '640.00', unit: '平方米' },
  { name: 'toddlers', id: 'f-toddlers', label: '托大班人数', need: true, number: true, value: '23', unit: '人' },
  { name: 'fee', id: 'f-fee', label: '保育费', hint: '每人每月', money: true, value: '1800.00' },
  { name: 'opened', id: 'f-opened', label: '开办日期', need: true, date: true, value: day('2026-02-16') },
  { name: 'meals', id: 'f-meals', label: '提供餐食', hint: '提供餐食须有餐饮服务许可', yes: true, value: true },
  { section: '负责人', name: 'head', id: 'f-head', label: '姓名', need: true, text: true, value: '演示负责人', autocomplete: 'name' },
  { name: 'identity', id: 'f-identity', label: '身份证件号码', need: true, secret: true, value: '6227**********001X' },
  { section: '材料', name: 'licence', id: 'f-licence', label: '营业执照', hint: 'JPG、PNG 或 PDF，不超过 20 MB', need: true, file: true, accept: '.jpg,.jpeg,.png,.pdf', file_url: '/file/1', file_name: '营业执照.jpg' },
  { name: 'note', id: 'f-note', label: '其他说明', lines: true, rows: 4, value: '' },
  { name: 'office', id: 'f-office', label: '备案机关', fixed: true, value: '演示县卫生健康局' },
];

const form = {
  title: '托育机构备案', intro: '材料齐全的，卫生健康部门在 5 个工作日内出具备案回执。', action_url: '/filing/6', multipart: true, version: 2, key: 'k',
  autosave_url: '/filing/6/draft',
  errors: [{ label: '统一社会信用代码', message: '应为 18 位，请核对第 5 位起的内容', anchor: '#f-uscc' },
    { label: '所在乡镇、街道', message: '请选择', anchor: '#f-area' }],
  steps_nav: [{ label: '基本情况', url: '/filing/6?step=1', done: true }, { label: '场地与设施', current: true }, { label: '人员' }, { label: '材料' }],
  fields, cancel_url: '/filing/6', submit_label: '提交备案', second: { name: 'draft', value: '1', label: '存为草稿' },
};

const history = {
  title: '演示托育园（6号）',
  entries: [
    { at: day('2026-03-03T16:20'), actor: '演示托育园', action: '补正后重新提交', changes: [{ label: '地址', old: '演示路 6 号', new: '演示路 6 号一层、二层' }, { label: '餐饮服务许可证', old: '', new: '许可证.pdf' }] },
    { at: day('2026-02-27T10:05'), actor: '演示县卫生健康局 演示用户甲', action: '一次性告知补正', changes: [] },
    { at: day('2026-02-25T09:12'), actor: '演示托育园', action: '提交' },
  ],
};

const job = (i, text, more = {}) => ({
  url: `/filing/${i}`, title: `演示托育园（${i}号）备案`, task: `${towns[i % 6]} · 演示托育园（${i}号）`, state: '待出回执', key: `k${i}`,
  clock: { text, ...more }, ...(i % 3 === 1 ? { claimed_by: '演示用户乙' } : i % 3 === 2 ? { claimed_by: '我', release_url: `/task/${i}/release` } : { claim_url: `/task/${i}/claim` }),
});
const work = {
  greeting: '12 件待办，2 件已超期',
  counts: [
    { label: '已超期', n: 2, url: '/work?due=over', tone_bad: true }, { label: '3 个工作日内到期', n: 4, url: '/work?due=soon', tone_warn: true },
    { label: '其他待办', n: 6, url: '/work?due=later' }, { label: '本周已办', n: 17, url: '/work?done=1', tone_good: true },
  ],
  queues: [
    { title: '备案', rows: [job(3, '超期 2 个工作日', { overdue: true }), job(4, '今天到期', { urgent: true }), job(5, '还剩 2 个工作日，3月9日到期', { urgent: true }), job(6, '还剩 5 个工作日，3月12日到期')] },
    { title: '投诉举报', rows: [{ url: '/complaint/1', title: '关于收费公示的投诉', task: "演示托育园（9号）", state: '待受理', clock: { text: '还剩 1 个工作日，3月6日到期', urgent: true }, claim_url: '/task/9/claim', key: 'k9' }] },
    { title: '整改复查', empty: '现在没有待复查的整改', rows: [] },
  ],
};

const counties = ['演示甲县', '演示乙县', '演示丙区', '演示丁县', '演示戊县', '演示己市', '演示庚县'];
const rates = [3.8, 4.6, 5.2, 2.9, 4.1, 4.4, 3.3];
const cockpit = {
  title: '演示市',
  figures: [{ label: '每千人口托位数', text: '4.1', unit: '个/千人', target: '目标 4.5', formula: '备案托位数 ÷ 常住人口 × 1000', clause: 'C011', rows_url: '/institution' },
    { label: '备案机构数', text: '126', formula: '状态为已备案、暂停服务的机构数', clause: 'C005', rows_url: '/institution' }],
  columns: [{ label: '每千人口托位数' }],
  rows: counties.map((name, i) => ({ name, url: `/cockpit?area=${i}`, cells: [{ label: '每千人口托位数', text: rates[i].toFixed(1), rows_url: '/institution' }] })),
  splits: [{ title: '机构类型', rows: [{ label: '托育机构', n: 90 }] }],
  charts: [{ id: 'chart-1', label: '各县区每千人口托位数', drawing: { kind: 'bar', unit: '个', names: counties, series: [{ name: '每千人口托位', values: rates }] } },
    { id: 'chart-2', label: '近六个月在托人数', drawing: { kind: 'line', unit: '人', names: ['10月', '11月', '12月', '1月', '2月', '3月'], series: [{ name: '在托', values: [3120, 3180, 3204, null, 3050, 3312] }, { name: '托位', values: [4600, 4600, 4660, 4660, 4700, 4720] }] } }],
};

const page = (template, title, data, more = {}) => ({
  template: template.includes('/') ? template : `page/${template}`,
  model: { data, findings: more.findings || [], can: [] },
  frame: { ...(more.frame || frame), title, breadcrumbs: more.crumbs || crumbs('首页', title), flash: more.flash },
});

export const pages = {
  list: page('list', '机构', list),
  empty: page('list', '机构', { ...list, rows: [], empty: '没有符合条件的机构', count_text: '', next_url: '' }),
  record: page('record', '演示托育园（6号）', record, { findings, crumbs: crumbs('首页', '备案', '演示托育园（6号）'), flash: { kind: 'good', text: '已认领，由您办理。' } }),
  form: page('form', '托育机构备案', form, { findings: findings.slice(0, 1), crumbs: crumbs('首页', '备案', '填写') }),
  history: page('history', '办理经过', history),
  error: page('error', '找不到这个页面', { title: '找不到这个页面', status: 404, code: 'not_found', detail: '可能已经删除，或者您无权查看。', instance: '7c1f-0042', home_url: '/' }),
  login: page('login', '登录', { action_url: '/login', name: '', error: '用户名或密码不对，请重新输入。' }, { frame: visitor, crumbs: [] }),
  password: page('password', '修改密码', { action_url: '/password', first: true }),
  totp: page('totp', '动态验证码', { action_url: '/totp', setup: { secret: 'DEMO DEMO DEMO DEMO' } }, { frame: visitor, crumbs: [] }),
  work: page('domain/institution/work', '待办', work, { crumbs: [] }),
  chart: page('domain/institution/cockpit', '统计总览', cockpit),
  sheet: page('sheet', '备案回执', { ...record, title: '托育机构备案回执', number: '演示-2026-0006', signs: ['备案机关（章）', '经办人'], made: day('2026-03-05T09:30') }),
};
