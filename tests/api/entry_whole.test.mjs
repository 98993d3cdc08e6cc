// Whoever may begin a record is asked by its page for all that the record cannot do without: nobody has to know a name
// that only programs send. Every form, every role.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, signIn, start } from '../lib/client.mjs';

const domain = fileURLToPath(new URL('../../src/domain', import.meta.url));
const sources = readdirSync(domain, { recursive: true }).filter((name) => name.endsWith('.c')).map((name) => readFileSync(path.join(domain, name), 'utf8')).join('\n');
const forms = [...sources.matchAll(/^(?:static )?const struct form (\w+) = \{([^]*?)^\};/gm)].map(([, variable, body]) => ({
  variable, name: /\.name = "(\w+)"/.exec(body)?.[1], part: /\.part_of = &(\w+)/.exec(body)?.[1],
})).filter((one) => one.name);
const roles = ['public', 'inst-sun', 'sun-care', 'sun-health', 'sun-gate', 'kt-handle', 'kt-sign', 'kt-market', 'kt-police', 'kt-cdc', 'pl-health', 'sysadmin', 'secadmin'];

describe('every entry page is whole', () => {
  let server;
  before(async () => { server = await start(); });
  after(() => server?.stop());

  for (const role of roles)
    test(`for ${role}`, async () => {
      const client = role === 'public' ? new Client(server) : await signIn(server, role);
      const wrong = [];
      let pages = 0;
      for (const { name, part } of forms) {
        let query = '';
        if (part) {
          const parent = forms.find((one) => one.variable === part), [row] = (await client.get(`/${parent.name}.json`)).body.data ?? [];
          if (!row) continue;
          query = `?part=${row.id}`;
        }
        const page = await client.get(`/${name}/new${query}${query ? '&' : '?'}stage=all`, { headers: { accept: 'text/html' } });
        if (page.status !== 200 || !page.text.includes(`action="/${name}"`)) continue;
        pages++;
        const asked = new Set([...page.text.matchAll(/\sname="(\w+)"/g)].map((one) => one[1]));
        assert.ok(/<(input|select|textarea)[^>]*id="f-/.test(page.text), `${name}: nothing to fill in`);
        const answer = await client.post(`/${name}`, query ? { part: query.slice(6) } : {});
        const must = [...page.text.matchAll(/<label class="field-label" for="f-(\w+)">[^<]*<\/label>/g)].map((one) => one[1]);
        if (must.length > 0 && !page.text.includes('保存草稿')) wrong.push(...(answer.status === 200 ? [`${name} is kept without ${must}`] : []));
        for (const error of answer.body.errors ?? []) if (error.field && error.code === 'need') assert.ok(asked.has(error.field), `${name}: ${error.field} is needed and not asked`);
      }
      assert.ok(pages > 0, 'some page is there to be asked');
      assert.deepEqual(wrong, []);
    });
});
