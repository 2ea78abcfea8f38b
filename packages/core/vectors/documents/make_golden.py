#!/usr/bin/env python3
"""Makes the golden files of the signed-document format, from the format's description alone.

A second implementation, in another language and with its own Ed25519 (RFC 8032): what the TypeScript code writes must equal
these files byte for byte. Run it in this folder: `python3 make_golden.py`. The output is committed; it never changes unless
the format does.
"""
import base64
import hashlib
import json
import math

# ---- hashes and names -------------------------------------------------------------------------------------------------------


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def h(tag, text):
    data = text.encode()
    return b64(hashlib.sha256(b"omokit." + tag.encode() + b"\n" + str(len(data)).encode() + b"\n" + data).digest())


def fnv(key):
    value = 0x811C9DC5
    for byte in key.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def fmix(value):
    value ^= value >> 16
    value = (value * 0x85EBCA6B) & 0xFFFFFFFF
    value ^= value >> 13
    value = (value * 0xC2B2AE35) & 0xFFFFFFFF
    return value ^ (value >> 16)


def bucket_of(key, bits):
    return fmix(fnv(key)) >> (32 - bits)


# ---- books ------------------------------------------------------------------------------------------------------------------


def row_text(row):
    return json.dumps(row, separators=(",", ":"), ensure_ascii=True)


def lines(items):
    return "[" + ",\n".join(items) + "]"


def book(rows):
    bits = max(0, math.ceil(math.log2(len(rows) / 128))) if rows else 0
    count = 2**bits
    parts = 2 ** (bits // 2)
    split = [[] for _ in range(count)]
    for row in sorted(rows, key=lambda each: each[0]):
        split[bucket_of(row[0], bits)].append(row_text(row))
    buckets = [lines(each) for each in split]
    names = ['"' + h("bucket", each) + '"' for each in buckets]
    size = count // parts
    index = [lines(names[i * size : (i + 1) * size]) for i in range(parts)]
    root = lines(['"omokit1",%d,%d' % (bits, len(rows))] + ['"' + h("index", each) + '"' for each in index])
    return {"root": root, "index": index, "buckets": buckets, "hash": h("root", root)}


# ---- Ed25519, RFC 8032 section 5.1, slow and plain ---------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
BY = 4 * pow(5, P - 2, P) % P


def recover_x(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return P - x if x & 1 != sign else x


BASE = (recover_x(BY, 0), BY)


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2 % P
    return ((x1 * y2 + x2 * y1) * pow(1 + k, P - 2, P) % P, (y1 * y2 + x1 * x2) * pow(1 - k, P - 2, P) % P)


def times(n, point):
    total = (0, 1)
    while n:
        if n & 1:
            total = add(total, point)
        point = add(point, point)
        n >>= 1
    return total


def compress(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def integer(data):
    return int.from_bytes(data, "little")


def secret(seed):
    digest = hashlib.sha512(seed).digest()
    scalar = integer(digest[:32]) & ((1 << 254) - 8) | 1 << 254
    return scalar, digest[32:]


def public_key(seed):
    return compress(times(secret(seed)[0], BASE))


def sign(seed, message):
    scalar, prefix = secret(seed)
    public = compress(times(scalar, BASE))
    nonce = integer(hashlib.sha512(prefix + message).digest()) % L
    point = compress(times(nonce, BASE))
    challenge = integer(hashlib.sha512(point + public + message).digest()) % L
    return point + ((nonce + challenge * scalar) % L).to_bytes(32, "little")


# ---- headers, releases, deltas, packs ----------------------------------------------------------------------------------------

SEED = hashlib.sha256(b"omokit golden key").digest()
KID = "k7"
BRAND = "acme"


def header(version, root_hash, prev, features=(), valid_from=1795334400):
    fields = ["omokit1", BRAND, "release", "all", version, valid_from, 1795338000, 1795939200, root_hash, prev, KID]
    if features:
        fields.append(sorted(features))
    return row_text(fields)


def signature(text):
    return b64(sign(SEED, ("omokit.head\n%d\n%s" % (len(text), text)).encode()))


def release(version, rows, prev="", options=(), **more):
    books = {name: book(each) for name, each in rows.items()}
    own = book([[name, each["hash"]] for name, each in books.items()] + [list(each) for each in options])
    text = header(version, own["hash"], prev, **more)
    return {"header": text, "signature": signature(text), "release": own, "books": books, "rows": rows, "options": options}


def section(name, each):
    chunks = [each["root"]] + each["index"] + each["buckets"]
    return "#%s %d %s\n%s\n" % (name, len(chunks), ",".join(str(len(chunk)) for chunk in chunks), "".join(chunks))


def pack(each):
    text = each["header"] + "\n" + each["signature"] + "\n" + section("release", each["release"])
    for name in sorted(each["books"]):
        text += section(name, each["books"][name])
    return text


def delta(old, new):
    out = [new["header"], new["signature"]]
    before, after = dict(map(tuple, old["options"])), dict(map(tuple, new["options"]))
    own = [[name] for name in list(before) + list(old["books"]) if name not in after and name not in new["books"]]
    own += [[name, value] for name, value in after.items() if before.get(name) != value]
    if own:
        out.append("#release")
        out += [row_text(each) for each in sorted(own)]
    for name in sorted(new["rows"]):
        was = {row[0]: row for row in old["rows"].get(name, [])}
        now = {row[0]: row for row in new["rows"][name]}
        changed = {key: row for key, row in now.items() if was.get(key) != row}
        changed.update({key: [key] for key in was if key not in now})
        if changed:
            out.append("#" + name)
            out += [row_text(changed[key]) for key in sorted(changed)]
    return "\n".join(out)


# ---- the data: synthetic, the rule stands here and in golden.json ------------------------------------------------------------


def synthetic(count):
    """Row i: key 690 + ten digits of i * 7919, price 100 + i * 37 % 9973; every fifth has a list price, every tenth an end, every fiftieth tags."""
    rows = []
    for i in range(count):
        row = ["690%010d" % (i * 7919), 100 + i * 37 % 9973]
        if i % 5 == 0:
            row.append(row[1] + 500)
        if i % 10 == 0:
            row.append(1795500000 + i)
        if i % 50 == 0:
            row.append("fresh,t%d" % (i % 7))
        rows.append(row)
    return rows


def main():
    keys = ["", "a", "6901000000486", "ST10001-RED-M9", "%E6%BB%A1", "!#$%&'()*+,-./:;<=>?@^_`{|}~"]
    texts = ["", "a", '["omokit1",0,0]', "\n", "\u6ee1 12.00 \u5143"]
    golden = {
        "key": b64(public_key(SEED)),
        "kid": KID,
        "synthetic": synthetic.__doc__,
        "fnv": [[key, fnv(key), fmix(fnv(key))] + [bucket_of(key, bits) for bits in (1, 7, 10, 16)] for key in keys],
        "h": [[tag, text, h(tag, text)] for tag in ("bucket", "index", "root", "head", "fact") for text in texts],
        "books": {},
    }
    for count in (0, 1, 130, 10000):
        made = book(synthetic(count))
        small = count <= 130
        golden["books"][str(count)] = made if small else {
            "root": made["root"], "hash": made["hash"], "index": [h("index", each) for each in made["index"]],
            "lengths": [len(each) for each in made["buckets"]], "sha256": hashlib.sha256("".join(made["buckets"]).encode()).hexdigest(),
        }
    rules = [["full-50", '{"kind":"promotion","name":"\u6ee150\u51cf5"}'], ["gold", '{"kind":"coupon"}']]
    one = release(1042, {"price/base": synthetic(130), "rules/base": rules}, options=[["currency", "CNY"]])
    price = synthetic(130)
    price[7] = [price[7][0], 4711]
    del price[100]
    price.append(["ST10001-RED-M9", 5170, 0, 0, "new"])
    two = release(1043, {"price/base": price, "rules/base": rules[:1] + [["silver", '{"kind":"coupon","note":"a\\n"}']], "price/store-0042": [["6900000000000", 90]]},
                  prev=h("head", one["header"]), options=[["currency", "CNY"], ["stores", "0042,0043"]])
    three = release(1044, {"price/base": price[:129], "rules/base": rules[:1]}, prev=h("head", two["header"]), features=["shrink"], valid_from=1795336000)
    small = release(7, {"price/base": synthetic(1), "rules/base": rules[1:]})
    large = release(1, {"price/base": synthetic(10000)})
    bumped = synthetic(10000)
    bumped[4321][1] += 1
    larger = release(2, {"price/base": bumped}, prev=h("head", large["header"]))
    golden["head"] = {"1042": h("head", one["header"]), "1043": h("head", two["header"])}
    golden["large"] = {"from": [large["header"], large["signature"]], "changed": bumped[4321], "delta": delta(large, larger)}
    files = {"golden.json": json.dumps(golden, indent=1) + "\n"}
    for each, name in ((one, "1042"), (two, "1043"), (three, "1044"), (small, "7")):
        files["release-%s.txt" % name] = pack(each)
    files["delta-1042-1043.txt"] = delta(one, two)
    files["delta-1043-1044.txt"] = delta(two, three)
    files["delta-1042-1044.txt"] = delta(one, three)
    for name, text in files.items():
        with open(name, "w", encoding="ascii", newline="") as file:
            file.write(text)


if __name__ == "__main__":
    # RFC 8032 section 7.1, test 1
    assert public_key(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")).hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert sign(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"), b"").hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb88215")
    main()
