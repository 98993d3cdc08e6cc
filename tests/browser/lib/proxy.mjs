// Between a tablet and the server: the line that can be cut, lose an answer, or bring a newer build of the app.
import http from 'node:http';

/* `target()` is the server's address, which may change. line.state: "open", "cut", "lose" (the server hears the next
 * POST /sync, its answer never arrives), "page" (a stranger's sign-in page answers everything). line.build: name of a
 * newer build. */
export const proxy = async (target) => {
  const line = { state: 'open', build: null, lost: 0 };
  const server = http.createServer((request, answer) => {
    if (line.state === 'cut') return void request.socket.destroy();
    if (line.state === 'page') return void answer.writeHead(200, { 'content-type': 'text/html' }).end('<title>请登录无线网络</title>');
    const { hostname, port } = new URL(target());
    const lose = line.state === 'lose' && request.method === 'POST' && request.url === '/sync';
    const headers = { ...request.headers };
    if (line.build) {
      headers['accept-encoding'] = 'identity';
      delete headers['if-none-match'];
    }
    const onward = http.request({ hostname, port, method: request.method, path: request.url, headers }, (back) => {
      const parts = [];
      back.on('data', (part) => parts.push(part));
      back.on('end', () => {
        let bytes = Buffer.concat(parts);
        if (lose) {
          line.lost += 1;
          line.state = 'open';
          return void request.socket.destroy();
        }
        if (line.build && request.url === '/tablet/sw.js') bytes = Buffer.from(bytes.toString().replace(/[0-9a-f]{12}/, line.build));
        const kept = { ...back.headers, 'content-length': bytes.length };
        delete kept['transfer-encoding'];
        answer.writeHead(back.statusCode, kept).end(bytes);
      });
    });
    onward.on('error', () => request.socket.destroy());
    request.pipe(onward);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { line, url: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise((resolve) => {
    server.closeAllConnections();
    server.close(resolve);
  }) };
};
