// What the server sends and what the tablet keeps.
export type Pair = [string, string]; /* code, label */

export interface Child { id: string; name: string; class: string; expected: boolean; barred: boolean; allergies?: string | null; diet?: string | null; photos?: boolean }
export interface Pickup { id: string; child: string; name: string; relation: string | null; photo: string | null; code: boolean }
export interface Guardian { id: string; child: string; name: string; relation: string | null }
export interface Staff { id: string; name: string; posts: string; pin?: string }
export interface Attendance { id: string; child: string; state: string; version: number; arrived: number; left: number }
export interface Check { child: string; round: string; result: string }
export interface Field {
  name: string; label: string; type: string; need: boolean; hint: string | null; unit: string | null; scale: number; max: number; now: boolean; code?: string; sign?: boolean;
}
export interface Ledger { form: string; title: string; per: 'child' | 'class' | 'part' | 'none'; hand: string | null; step?: string | null; opens?: string | null; second?: { step: string; label: string; hint: string | null; posts: string[] }; sealed: boolean; fields: Field[]; parts?: { id: string; child?: string; words: string | null }[] }

export interface Day {
  stamp: string; day: string; now: number; fever: number; /* tenths of a degree */ state: string; institution: string;
  device: { id: string; name: string; covers: string; posts: string; salt: string; pin_rounds: number };
  classes: { id: string; name: string }[];
  children: Child[]; guardians: Guardian[]; pickups: Pickup[]; staff: Staff[]; attendance: Attendance[]; checks?: Check[];
  stays: { id: string; staff: string; post: string; in: number }[];
  codes: Record<string, Pair[]>; ledgers: Ledger[]; may: Record<string, boolean>;
}

export interface Fault { field: string | null; label: string | null; message: string }
export interface Result { key: string; result: 'row' | 'duplicate' | 'waiting' | 'todo'; id?: string; message?: string | null; faults?: Fault[] }

export interface Sent {
  key: string; form: string; op: 'create' | 'step' | 'change'; at: number; v: string; day?: string; step?: string; id?: string; ref?: string; staff?: string; part?: string; base?: number; fields: Record<string, unknown>;
  clock?: number; mono?: number; life?: string; typed?: string[]; /* names of times that somebody typed */
}
/* A record in the queue. `state`: new (not sent), waiting (the server waits for another), sent, todo (the head has to look). */
export interface Item {
  n?: number; key: string; state: 'new' | 'waiting' | 'sent' | 'todo'; made: number; held: number; words: string;
  record?: Sent;
  box?: string; /* sealed at once: nothing here tells what it is */
  photo?: string; /* hash of a photo that goes first */
  result?: Result;
  settled?: number; /* when the server answered */
}
export interface Pairing { id: string; name: string; institution: string; box: string; keys: CryptoKeyPair }
export interface Person { id: string; name: string; until: number }
