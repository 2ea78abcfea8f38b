import { shop, asBook } from './rules-shop'
import { quote } from '@omokit/rules'
const instant = Date.UTC(2026, 10, 22, 4)
const n = Number(process.argv[2])
const { book, basket } = asBook(shop(n))
const end = performance.now() + 4000; let k = 0
while (performance.now() < end) { quote(book, basket, instant); k++ }
console.log(n, 4e6/k, 'us')
