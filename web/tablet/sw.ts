// The app itself, kept for the time without a network. Every build has its own name; a new one takes over when it is
// whole. Only the app's files: no data of anybody is ever in this cache.
const worker = self as unknown as ServiceWorkerGlobalScope;
declare const BUILD: string;
declare const FILES: string[];
const NAME = `tuoyu-${BUILD}`;

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(NAME)
      .then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: 'reload' }))))
      .then(() => worker.skipWaiting()));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith('tuoyu-') && name !== NAME).map((name) => caches.delete(name))))
      .then(() => worker.clients.claim()));
});

worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin || !FILES.includes(url.pathname)) return;
  event.respondWith(caches.open(NAME).then((cache) => cache.match(url.pathname)).then((kept) => kept || fetch(event.request)));
});
