// A server on 127.0.0.1 that shows every page template with an invented model, under the same content security policy as
// the program's. `npm run preview [port]`.
import http from 'node:http';
import process from 'node:process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import path from 'node:path';
import { render } from './mustache.mjs';
import { pages } from './samples.mjs';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const types = { '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml', '.ico': 'image/x-icon', '.json': 'application/json' };
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'";

const answer = async (request) => {
  const name = new URL(request.url, 'http://localhost').pathname.slice(1) || 'work';
  if (request.headers['x-autosave']) return { status: 200, type: 'application/json', body: Buffer.from('{"data":{"version":4}}') };
  const page = request.method === 'POST' ? pages.form : pages[name === 'notices' ? 'work' : name];
  if (page) return { status: request.method === 'POST' ? 422 : 200, type: 'text/html; charset=utf-8', body: Buffer.from(render(page.template, page.model, page.frame)) };
  if (name.startsWith('file/')) return { status: 200, type: 'image/svg+xml', body: await readFile(path.join(dist, 'icon.svg')) };
  const type = types[path.extname(name)];
  const body = type && !name.includes('/') && (await readFile(path.join(dist, name)).catch(() => null));
  if (body) return { status: 200, type, body, keep: true };
  const other = pages.error;
  return { status: 404, type: 'text/html; charset=utf-8', body: Buffer.from(render(other.template, other.model, other.frame)) };
};

export const serve = (port = 0) =>
  new Promise((resolve) => {
    const server = http.createServer(async (request, response) => {
      request.resume();
      if (request.url === '/events') {
        response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
        response.write('data: look\n\n');
        return;
      }
      const it = await answer(request);
      response.writeHead(it.status, {
        'content-type': it.type, 'content-encoding': 'gzip', 'content-security-policy': policy,
        'cache-control': it.keep ? 'public, max-age=3600' : 'no-store',
      });
      response.end(gzipSync(it.body, { level: 9 }));
    });
    server.listen(port, '127.0.0.1', () => resolve({ server, url: `http://127.0.0.1:${server.address().port}` }));
  });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await serve(Number(process.argv[2] || 8090));
  console.log(Object.keys(pages).map((name) => `${url}/${name}`).join('\n'));
}
