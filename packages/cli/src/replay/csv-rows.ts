import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'

/** A row of a CSV file with the line it stands on (the header is line 1), or why it could not be read. */
export type CsvRow =
  | { readonly line: number; readonly bytes: number; readonly row: Readonly<Record<string, string>> }
  | { readonly line: number; readonly bytes: number; readonly bad: string }

/**
 * Streams a CSV file (RFC 4180, UTF-8, header row), gzipped when its name ends in `.gz`. A row with too few or too many
 * fields comes out as `bad`; memory does not grow with the file.
 *
 * @param columns what the header must hold
 */
export async function* csvRows(path: string, columns: readonly string[]): AsyncGenerator<CsvRow> {
  const file = createReadStream(path)
  const text = path.endsWith('.gz') ? file.pipe(createGunzip()) : file
  const parser = parse({ relax_column_count: true, skip_empty_lines: true, relax_quotes: true, info: true })
  for (const stream of [file, text]) stream.on('error', (error: Error) => parser.destroy(error))
  text.pipe(parser)
  let header: readonly string[] | undefined
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
    const bytes = file.bytesRead
    if (!header) {
      header = record
      const absent = columns.filter((column) => !record.includes(column))
      if (absent.length) throw new Error(`${path}: the header lacks ${absent.join(', ')}; it has ${record.join(', ')}`)
      continue
    }
    if (record.length !== header.length) yield { line: info.lines, bytes, bad: `${record.length} fields, the header has ${header.length}` }
    else yield { line: info.lines, bytes, row: Object.fromEntries(header.map((name, i) => [name, record[i] ?? ''])) }
  }
}
