// A name written with a finger: kept as a picture, sent like a photo. Nothing is stored until somebody saves.
import { button, h } from './dom';
import { keep, type Kept } from './photo';

const WIDTH = 560, HEIGHT = 220, LINE = 3, LEAST = 40; /* of points on the way: a dot is no name */

export interface Pad { box: HTMLElement; isEmpty: () => boolean; take: () => Promise<Kept> }

export const pad = (label: string): Pad => {
  const canvas = h('canvas.sign', { width: WIDTH, height: HEIGHT, role: 'img', 'aria-label': `${label}：用手指在框内写名字` }) as HTMLCanvasElement;
  const pen = canvas.getContext('2d')!;
  let way = 0, at: [number, number] | null = null;
  const clear = (): void => {
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    way = 0;
  };
  const place = (event: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * WIDTH) / box.width, ((event.clientY - box.top) * HEIGHT) / box.height];
  };
  canvas.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    at = place(event);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!at) return;
    const to = place(event);
    Object.assign(pen, { strokeStyle: '#1b2430', lineWidth: LINE, lineCap: 'round' });
    pen.beginPath();
    pen.moveTo(...at);
    pen.lineTo(...to);
    pen.stroke();
    way += Math.hypot(to[0] - at[0], to[1] - at[1]);
    at = to;
  });
  for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, () => (at = null));
  clear();
  return {
    box: h('div.field', {}, h('p.label', {}, label), h('p.hint', {}, '请监护人核对以上内容，用手指在框内写名字'), canvas, button('重写', clear, '', { 'data-act': 'clear-sign' })),
    isEmpty: () => way < LEAST,
    take: () => new Promise<Blob>((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('签字无法保存'))), 'image/png')).then(keep),
  };
};
