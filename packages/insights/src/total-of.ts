/** The sum of numbers. */
export const totalOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
