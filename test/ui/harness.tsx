/** Ink in a virtual terminal: real sizes, real escape sequences, and waiting for what a person would see. */
import { EventEmitter } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import xterm from '@xterm/headless';
import type { RunHandle } from '../../src/runner/handle.ts';
import { mountInk, type Streams } from '../../src/ui/app.tsx';
import type { Terminal } from '../../src/ui/terminal.ts';
import { terminalOf } from './fixtures.ts';

export interface Screen {
  /** One read of the terminal. */
  send(bytes: string): void;
  /** Characters one read at a time, as fingers do it; gives the number of key strokes. */
  type(text: string): Promise<number>;
  paste(text: string): void;
  resize(columns: number, rows: number): void;
  /** What is on the screen, without what scrolled away. */
  visible(): string;
  /** Everything, scrollback included. */
  all(): string;
  /** True when any cell is coloured or dim or bold. */
  styled(): boolean;
  waitFor(wanted: string | ((all: string) => boolean)): Promise<void>;
  /** Everything that was written, as bytes. */
  bytes(): string;
  /** Resolves when mountInk has returned. */
  readonly closed: Promise<void>;
  readonly suspensions: () => number;
  readonly rawMode: () => boolean;
}

export const KEY = { enter: '\r', escape: '\u001B', up: '\u001B[A', down: '\u001B[B', tab: '\t', ctrlC: '\u0003', ctrlZ: '\u001A' } as const;

export function openScreen(handle: RunHandle, columns: number, rows: number, rest: Partial<Terminal> = {}): Screen {
  const term = new xterm.Terminal({ cols: columns, rows, scrollback: 5000, allowProposedApi: true, convertEol: true });
  const updates = new EventEmitter();
  let written = '';
  const stdout = Object.assign(
    new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, _encoding, done) {
        written += chunk.toString();
        term.write(chunk.toString(), () => {
          updates.emit('update');
          done();
        });
      },
    }),
    { isTTY: true, columns, rows },
  );
  let raw = false;
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (on: boolean) => {
      raw = on;
    },
    ref: () => undefined,
    unref: () => undefined,
  });
  let suspensions = 0;
  const goOn = new Set<() => void>();
  const streams = {
    stdin, stdout, stderr: stdout,
    job: {
      stop: () => {
        suspensions += 1;
        queueMicrotask(() => [...goOn].forEach((listener) => listener()));
      },
      onContinue: (listener: () => void) => {
        goOn.add(listener);
        return () => goOn.delete(listener);
      },
      onStop: () => () => undefined,
    },
  } as unknown as Streams;

  const linesFrom = (start: number, end: number) => {
    const lines: string[] = [];
    for (let row = start; row < end; row += 1) lines.push(term.buffer.active.getLine(row)?.translateToString(true) ?? '');
    return lines.join('\n').trimEnd();
  };
  const all = () => linesFrom(0, term.buffer.active.length);
  const send = (bytes: string) => void stdin.write(bytes);
  const closed = mountInk(handle, terminalOf(columns, rows, rest), streams).then(() => new Promise<void>((resolve) => term.write('', resolve)));

  return {
    send,
    type: async (text) => {
      for (const key of text) {
        send(key);
        // The stream joins what nobody has read yet into one chunk; fingers leave time between keys.
        await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setImmediate(resolve));
      }
      return [...text].length;
    },
    paste: (text) => send(`\u001B[200~${text}\u001B[201~`),
    resize: (toColumns, toRows) => {
      term.resize(toColumns, toRows);
      stdout.columns = toColumns;
      stdout.rows = toRows;
      stdout.emit('resize');
    },
    visible: () => linesFrom(term.buffer.active.baseY, term.buffer.active.baseY + term.rows),
    all,
    styled: () => {
      for (let row = 0; row < term.buffer.active.length; row += 1) {
        const line = term.buffer.active.getLine(row);
        for (let column = 0; column < term.cols; column += 1) {
          const cell = line?.getCell(column);
          if (cell && (!cell.isFgDefault() || !cell.isBgDefault() || cell.isBold() || cell.isDim() || cell.isInverse())) return true;
        }
      }
      return false;
    },
    waitFor: (wanted) => {
      const met = () => (typeof wanted === 'string' ? all().includes(wanted) : wanted(all()));
      return new Promise((resolve, reject) => {
        const settle = (how: () => void) => {
          clearTimeout(timer);
          updates.off('update', check);
          how();
        };
        const check = () => {
          if (met()) settle(resolve);
        };
        const timer = setTimeout(() => settle(() => reject(new Error(`Waited for ${String(wanted)}; the screen shows:\n${all()}`))), 8000);
        updates.on('update', check);
        check();
      });
    },
    bytes: () => written,
    closed,
    suspensions: () => suspensions,
    rawMode: () => raw,
  };
}
