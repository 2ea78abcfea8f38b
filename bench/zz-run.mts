import { bench } from './ingest.bench.ts'
console.log(JSON.stringify(await bench()))
