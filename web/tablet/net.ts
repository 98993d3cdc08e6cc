// Signed requests. Offline is not a fault: `Offline` says so, and the caller tries again later.
import * as clock from './clock';
import { base64, sha256, sign } from './crypto';
import { meta } from './store';
import type { Pairing } from './types';

export class Offline extends Error {}
export class Refused extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }
}
export interface Answer { status: number; body: any; etag: string | null; blob: Blob }

const PATIENCE_MS = 20000;

const fetchWithin = async (path: string, init: RequestInit): Promise<Response> => {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    return await fetch(path, { ...init, signal: stop.signal, cache: 'no-store', credentials: 'omit', redirect: 'error' });
  } catch {
    throw new Offline('没有网络');
  } finally {
    clearTimeout(timer);
  }
};

const read = async (answer: Response): Promise<Answer> => {
  let blob: Blob, body: any = null;
  try {
    blob = await answer.blob();
    if (/json/.test(answer.headers.get('content-type') || '')) body = JSON.parse(await blob.text());
  } catch {
    throw new Offline('连接中断');
  }
  /* what is no answer of ours — a hotel's sign-in page, a proxy's error — is no network */
  if (!answer.ok && answer.status !== 304 && !body?.code) throw new Offline(`服务器暂时不可用（${answer.status}）`);
  if (answer.status >= 500) throw new Offline(body.detail || body.title);
  return { status: answer.status, body, etag: answer.headers.get('etag'), blob };
};

const problem = (answer: Answer): Refused => {
  const fault = answer.body?.errors?.[0];
  return new Refused(answer.status, fault?.code || answer.body?.code || '', answer.body?.detail || fault?.message || answer.body?.title || '请求未被接受');
};

export const post = async (path: string, json: unknown): Promise<any> => {
  const answer = await read(await fetchWithin(path, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json' }, body: JSON.stringify(json) }));
  if (answer.status !== 200) throw problem(answer);
  return answer.body.data;
};

const once = async (pairing: Pairing, method: string, path: string, body: Uint8Array<ArrayBuffer>, headers: Record<string, string>): Promise<[Answer, number | null]> => {
  const time = String(clock.now()), nonce = base64(crypto.getRandomValues(new Uint8Array(12)));
  const signature = await sign(pairing.keys, `tuoyu-device-1\n${method}\n${path}\n${time}\n${nonce}\n${await sha256(body)}`);
  const sent = Date.now();
  const answer = await fetchWithin(path, {
    method,
    headers: { accept: 'application/json', 'x-device': pairing.id, 'x-device-time': time, 'x-device-nonce': nonce, 'x-device-clock': String(Date.now()), 'x-device-signature': signature, ...headers },
    body: method === 'GET' ? undefined : body,
  });
  const server = Number(answer.headers.get('x-server-time')) || null;
  const whole = await read(answer);
  if (server) await meta.setContact(server, clock.measured(server, sent)).catch(() => undefined);
  return [whole, server];
};

/* A clock that is off is set by the answer, and the request made again, once. */
export const signed = async (pairing: Pairing, method: string, path: string, body: Uint8Array<ArrayBuffer> = new Uint8Array(0), headers: Record<string, string> = {}): Promise<Answer> => {
  let [answer] = await once(pairing, method, path, body, headers);
  if (answer.status === 401 && problem(answer).code === 'clock') [answer] = await once(pairing, method, path, body, headers);
  if (answer.status !== 200 && answer.status !== 304) throw problem(answer);
  return answer;
};
