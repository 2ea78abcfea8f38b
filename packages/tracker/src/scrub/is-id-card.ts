const weights: readonly number[] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** Whether 18 characters are a Chinese identity number (GB 11643): a region, a birthday that can be, and the check character of ISO 7064 mod 11-2. */
export function isIdCard(text: string): boolean {
  const parts = /^[1-9]\d{5}(?:18|19|20)\d\d(\d\d)(\d\d)\d{3}[\dXx]$/.exec(text)
  if (!parts) return false
  const [month, day] = [Number(parts[1]), Number(parts[2])]
  if (month < 1 || month > 12 || day < 1 || day > 31) return false
  let sum = 0
  for (let i = 0; i < 17; i++) sum += Number(text.charAt(i)) * (weights[i] as number)
  return '10X98765432'.charAt(sum % 11) === text.charAt(17).toUpperCase()
}
