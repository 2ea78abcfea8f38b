/**
 * The lines of a log file. A record is `seq,length=text;`, or `seq,length:json;` where the text holds line ends or
 * surrogates; `-upTo,except,…` drops, `^seq` states the highest number ever, `@"stream"` names the stream. A line that
 * lacks its `;` or is not as long as it says was torn by a crash: it was never acknowledged and does not count.
 */
export type LogLine =
  | { readonly kind: 'record'; readonly seq: number; readonly chars: number }
  | { readonly kind: 'drop'; readonly upTo: number; readonly except: readonly number[] }
  | { readonly kind: 'top'; readonly seq: number }
  | { readonly kind: 'name'; readonly stream: string }

export function recordLine(seq: number, text: string): string {
  const plain = !/[\n\r\ud800-\udfff]/.test(text)
  const payload = plain ? text : JSON.stringify(text)
  return `${seq},${payload.length}${plain ? '=' : ':'}${payload};\n`
}

export const dropLine = (upTo: number, except: readonly number[]): string => `-${[upTo, ...except].join(',')};\n`
export const topLine = (seq: number): string => `^${seq};\n`
export const nameLine = (stream: string): string => `@${JSON.stringify(stream)};\n`

/** Understands a line without its line end; undefined for a torn or foreign one. */
export function parseLine(line: string): LogLine | undefined {
  const mark = line.charAt(0)
  if (mark !== '-' && mark !== '^' && mark !== '@') {
    const record = splitRecord(line)
    return record && { kind: 'record', seq: record.seq, chars: record.text.length }
  }
  if (!line.endsWith(';')) return undefined
  const rest = line.slice(1, -1)
  if (mark === '@') {
    const stream = parsed(rest)
    return stream === undefined ? undefined : { kind: 'name', stream }
  }
  const [first = 0, ...more] = rest.split(',').map(Number)
  return mark === '^' ? { kind: 'top', seq: first } : { kind: 'drop', upTo: first, except: more }
}

/** The text of a record's line; undefined when it is torn. */
export function splitRecord(line: string): { readonly seq: number; readonly text: string } | undefined {
  const head = /^(\d+),(\d+)([=:])/.exec(line)
  if (!head || !line.endsWith(';')) return undefined
  const payload = line.slice(head[0].length, -1)
  if (payload.length !== Number(head[2])) return undefined
  const text = head[3] === '=' ? payload : parsed(payload)
  return text === undefined ? undefined : { seq: Number(head[1]), text }
}

function parsed(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
