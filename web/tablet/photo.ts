// A photo of a child: only where a guardian's consent stands, made smaller, kept here until it is sent.
import * as clock from './clock';
import { sha256 } from './crypto';
import { button, h } from './dom';
import { db } from './store';

const SIDE = 1280, PHOTO_MOST = 8 << 20;
export interface Kept { hash: string; size: number }

/* Smaller, and without what the camera wrote into it. */
const shrink = async (file: Blob): Promise<Blob> => {
  const image = await createImageBitmap(file).catch(() => Promise.reject(new Error('照片无法读取')));
  const scale = Math.min(1, SIDE / Math.max(image.width, image.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('照片无法读取'))), 'image/jpeg', 0.8));
};

export const keep = async (blob: Blob): Promise<Kept> => {
  if (blob.size > PHOTO_MOST) throw new Error('照片过大');
  const hash = await sha256(await blob.arrayBuffer());
  await (await db()).put('files', { id: hash, blob, at: clock.now(), mine: true });
  return { hash, size: blob.size };
};

export interface Camera { box: HTMLElement; take: () => Promise<Kept | null> }

export const camera = (id: string): Camera => {
  const input = h('input', { id, type: 'file', accept: 'image/*', capture: 'environment', hidden: true, 'aria-label': '照片' }) as HTMLInputElement;
  const box = h('div.field', {}, h('p.label', {}, '照片（选填）'), input);
  const seen = h('div', {});
  const draw = (): void => {
    const file = input.files?.[0], image = file && (h('img', { alt: '拍下的照片' }) as HTMLImageElement);
    if (image) {
      image.src = URL.createObjectURL(file!);
      image.onload = () => URL.revokeObjectURL(image.src);
    }
    seen.replaceChildren(...[image, h('div.acts', {}, button(file ? '重拍' : '拍照', () => input.click(), '', { 'data-act': 'camera' }), file && button('不要照片', () => {
      input.value = '';
      draw();
    }))].filter((one): one is HTMLElement => Boolean(one)));
  };
  input.addEventListener('change', draw);
  draw();
  box.append(h('p.hint', {}, '不拍摄隐私部位'), seen);
  return { box, take: async () => (input.files?.[0] ? keep(await shrink(input.files[0])) : null) };
};
