export { readBarcode } from './read-barcode'
export type { BarcodeItem, BarcodeLayout, ScaleLabel } from './read-barcode'
