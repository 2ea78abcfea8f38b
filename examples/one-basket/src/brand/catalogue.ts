/** An article of the demo brand. Prices are fen per unit, or per kilogram when `weighed`. */
export interface Article {
  readonly sku: string
  /** GTIN-13 with its check digit; a weighed article has a PLU instead, printed by the scale. */
  readonly gtin?: string
  readonly plu?: string
  readonly name: string
  readonly nameEn: string
  readonly category: string
  readonly price: number
  /** Price for gold members, where they have their own. */
  readonly goldPrice?: number
  readonly weighed: boolean
}

interface Family {
  readonly category: string
  readonly code: string
  /** Chinese name, English name, price of the first variant in yuan. */
  readonly goods: readonly (readonly [string, string, number])[]
  /** Chinese, English, factor on the price. */
  readonly variants: readonly (readonly [string, string, number])[]
  readonly weighed?: boolean
  readonly goldOff?: number
}

const colours = [
  ['米白', 'cream', 1],
  ['青灰', 'slate', 1],
  ['茶色', 'tan', 1],
] as const
const once = [['', '', 1]] as const

/** What the brand sells: twelve families, a little over 200 articles. */
const families: readonly Family[] = [
  {
    category: 'tea',
    code: 'TEA',
    goldOff: 0.92,
    goods: [
      ['西湖龙井', 'West Lake Longjing', 68],
      ['碧螺春', 'Biluochun', 58],
      ['铁观音', 'Tieguanyin', 49],
      ['大红袍', 'Da Hong Pao', 79],
      ['陈年普洱', 'Aged Pu’er', 88],
      ['白毫银针', 'Silver Needle', 118],
      ['正山小种', 'Lapsang Souchong', 59],
      ['茉莉花茶', 'Jasmine tea', 39],
    ],
    variants: [
      ['50 克', '50 g', 1],
      ['125 克', '125 g', 2.2],
      ['250 克', '250 g', 4],
      ['礼盒', 'gift box', 5.5],
    ],
  },
  {
    category: 'coffee',
    code: 'COF',
    goods: [
      ['云南日晒', 'Yunnan natural', 45],
      ['云南水洗', 'Yunnan washed', 42],
      ['意式拼配', 'Espresso blend', 39],
      ['曼特宁', 'Mandheling', 52],
      ['耶加雪菲', 'Yirgacheffe', 58],
    ],
    variants: [
      ['挂耳 10 包', '10 drip bags', 1],
      ['豆 250 克', 'beans 250 g', 1.6],
      ['豆 500 克', 'beans 500 g', 2.9],
    ],
  },
  {
    category: 'snack',
    code: 'SNK',
    goods: [
      ['绿豆糕', 'Mung bean cake', 19.9],
      ['桂花糕', 'Osmanthus cake', 22.9],
      ['凤梨酥', 'Pineapple cake', 29.9],
      ['核桃酥', 'Walnut crisp', 18.9],
      ['花生酥', 'Peanut crisp', 15.9],
      ['山楂条', 'Hawthorn sticks', 12.9],
      ['杏仁饼', 'Almond biscuit', 25.9],
      ['芝麻糖', 'Sesame candy', 13.9],
      ['牛轧糖', 'Nougat', 26.9],
      ['糙米果', 'Brown rice puffs', 9.9],
    ],
    variants: [
      ['小盒', 'small box', 1],
      ['家庭装', 'family pack', 2.6],
    ],
  },
  {
    category: 'nut',
    code: 'NUT',
    goods: [
      ['夏威夷果', 'Macadamia', 26.9],
      ['巴旦木', 'Almond', 22.9],
      ['开心果', 'Pistachio', 29.9],
      ['腰果', 'Cashew', 23.9],
      ['纸皮核桃', 'Paper-shell walnut', 19.9],
      ['东北松子', 'Pine nut', 39.9],
    ],
    variants: [
      ['100 克', '100 g', 1],
      ['500 克', '500 g', 4.5],
    ],
  },
  {
    category: 'fruit',
    code: 'FRT',
    weighed: true,
    goods: [
      ['富士苹果', 'Fuji apple', 13.8],
      ['库尔勒香梨', 'Korla pear', 15.8],
      ['赣南脐橙', 'Gannan navel orange', 11.6],
      ['阳光玫瑰葡萄', 'Shine Muscat grape', 39.8],
      ['蓝莓', 'Blueberry', 79.6],
      ['丹东草莓', 'Dandong strawberry', 59.8],
      ['猕猴桃', 'Kiwi fruit', 19.6],
      ['火龙果', 'Dragon fruit', 15.6],
      ['台农芒果', 'Tainong mango', 23.8],
      ['蜜柚', 'Honey pomelo', 8.38],
      ['车厘子', 'Cherry', 89.8],
      ['百香果', 'Passion fruit', 17.6],
    ],
    variants: once,
  },
  {
    category: 'deli',
    code: 'DEL',
    weighed: true,
    goods: [
      ['酱牛肉', 'Braised beef', 128],
      ['卤鸭脖', 'Spiced duck neck', 68],
      ['凉拌海带', 'Kelp salad', 35.8],
      ['盐水花生', 'Boiled peanuts', 29.6],
    ],
    variants: once,
  },
  {
    category: 'teaware',
    code: 'WAR',
    goods: [
      ['盖碗', 'Gaiwan', 89],
      ['紫砂壶', 'Yixing pot', 368],
      ['公道杯', 'Fairness cup', 59],
      ['品茗杯', 'Tasting cup', 29],
      ['茶盘', 'Tea tray', 199],
      ['茶针', 'Tea needle', 35],
      ['滤网', 'Strainer', 25],
      ['闻香杯', 'Aroma cup', 32],
    ],
    variants: [
      ['白瓷', 'white porcelain', 1],
      ['青瓷', 'celadon', 1.2],
      ['粗陶', 'stoneware', 0.9],
    ],
  },
  {
    category: 'home',
    code: 'HOM',
    goods: [
      ['香薰蜡烛', 'Scented candle', 79],
      ['亚麻抱枕', 'Linen cushion', 99],
      ['羊毛毯', 'Wool blanket', 299],
      ['餐垫', 'Place mat', 29],
      ['陶瓷碗', 'Ceramic bowl', 39],
      ['木勺', 'Wooden spoon', 19],
      ['玻璃杯', 'Glass', 25],
      ['收纳篮', 'Basket', 69],
    ],
    variants: colours,
  },
  {
    category: 'apparel',
    code: 'APP',
    goods: [
      ['棉 T 恤', 'Cotton T-shirt', 99],
      ['亚麻衬衫', 'Linen shirt', 259],
      ['羊毛围巾', 'Wool scarf', 199],
      ['帆布包', 'Canvas bag', 89],
      ['渔夫帽', 'Bucket hat', 79],
      ['棉袜', 'Cotton socks', 25],
    ],
    variants: [
      ['S 米白', 'S cream', 1],
      ['M 米白', 'M cream', 1],
      ['M 茶色', 'M tan', 1],
      ['L 茶色', 'L tan', 1],
    ],
  },
  {
    category: 'care',
    code: 'CAR',
    goldOff: 0.95,
    goods: [
      ['山茶花面霜', 'Camellia cream', 168],
      ['玫瑰纯露', 'Rose water', 98],
      ['护手霜', 'Hand cream', 39],
      ['洁面乳', 'Cleanser', 69],
      ['身体乳', 'Body milk', 88],
      ['润唇膏', 'Lip balm', 29],
    ],
    variants: [
      ['小', 'small', 1],
      ['大', 'large', 1.8],
    ],
  },
  {
    category: 'paper',
    code: 'PAP',
    goods: [
      ['线装本', 'Thread-bound notebook', 35],
      ['信笺', 'Letter paper', 22],
      ['书签', 'Bookmark', 12],
      ['毛笔', 'Writing brush', 48],
    ],
    variants: colours,
  },
  {
    category: 'drink',
    code: 'DRK',
    goods: [
      ['桂花乌龙', 'Osmanthus oolong', 8.9],
      ['冷泡茉莉', 'Cold-brew jasmine', 7.9],
      ['青梅汁', 'Green plum juice', 9.9],
      ['气泡水', 'Sparkling water', 5.5],
      ['燕麦奶', 'Oat milk', 12.9],
    ],
    variants: [
      ['单瓶', 'single', 1],
      ['6 瓶装', 'six-pack', 5.4],
    ],
  },
]

/** The whole catalogue: the same list at every call. */
export function catalogue(): readonly Article[] {
  const articles: Article[] = []
  families.forEach((family, f) => {
    let n = 0
    for (const [name, nameEn, yuan] of family.goods) {
      for (const [variant, variantEn, factor] of family.variants) {
        n++
        const price = Math.round(yuan * factor * 100)
        articles.push({
          sku: `${family.code}${String(n).padStart(3, '0')}`,
          ...(family.weighed ? { plu: `${String(f + 1).padStart(2, '0')}${String(n).padStart(3, '0')}` } : { gtin: gtin13(f + 1, n) }),
          name: [name, variant].filter(Boolean).join(' '),
          nameEn: [nameEn, variantEn].filter(Boolean).join(', '),
          category: family.category,
          price,
          ...(family.goldOff ? { goldPrice: Math.round(price * family.goldOff) } : {}),
          weighed: family.weighed ?? false,
        })
      }
    }
  })
  return articles
}

/** 690 1234, family, number, check digit (GS1 General Specifications, modulo 10 with weights 3 and 1). */
function gtin13(family: number, n: number): string {
  const body = `6901234${String(family).padStart(2, '0')}${String(n).padStart(3, '0')}`
  let sum = 0
  for (let i = 0; i < 12; i++) sum += Number(body[i]) * (i % 2 ? 3 : 1)
  return `${body}${(10 - (sum % 10)) % 10}`
}
