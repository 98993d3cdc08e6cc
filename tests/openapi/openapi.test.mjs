// The generated description of the API is clean under two linters, names every form, and is what the server says.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tuoyu } from '../lib/client.mjs';

const here = fileURLToPath(new URL('.', import.meta.url)), bin = path.join(here, '../node_modules/.bin');
const folder = mkdtempSync(path.join(tmpdir(), 'tuoyu-openapi-')), file = path.join(folder, 'openapi.json');
let model;
before(() => {
  const made = tuoyu(['openapi']);
  assert.equal(made.status, 0, made.stderr);
  writeFileSync(file, made.stdout);
  model = JSON.parse(made.stdout);
});
after(() => rmSync(folder, { recursive: true }));

test('spectral finds no error and no warning', () => {
  const lint = spawnSync(path.join(bin, 'spectral'), ['lint', '-r', path.join(here, 'spectral.yaml'), '--fail-severity', 'warn', file], { encoding: 'utf8' });
  assert.equal(lint.status, 0, lint.stdout.slice(0, 3000));
});

test('redocly finds no error and no warning', () => {
  const lint = spawnSync(path.join(bin, 'redocly'), ['lint', '--extends', 'recommended', '--format', 'json', file], { encoding: 'utf8', env: { ...process.env, REDOCLY_TELEMETRY: 'off' } });
  const { totals, problems } = JSON.parse(lint.stdout.slice(lint.stdout.indexOf('{')));
  assert.deepEqual([totals.errors, totals.warnings], [0, 0], problems.slice(0, 5).map((one) => one.message).join('\n'));
});

test('every ledger can be listed, read and written, and every step taken', () => {
  for (const form of ['registration', 'institution', 'filing', 'evidence', 'room', 'class_group', 'staff', 'opinion', 'site_visit', 'paper'])
    for (const target of [`/${form}.json`, `/${form}`, `/${form}/{id}.json`, `/${form}/{id}`]) assert.ok(model.paths[target], target);
  for (const step of ['submit', 'draft_receipt', 'return', 'content_fits', 'draft_unfit', 'mended', 'claim']) assert.ok(model.paths[`/filing/{id}/${step}`], step);
  assert.equal(model.paths['/filing/{id}/receipt'], undefined, 'what only the program does is not offered');
});

test('personal fields are marked', () => {
  assert.equal(model.components.schemas.staff.properties.id_number['x-personal'], true);
});
