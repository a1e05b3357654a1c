"""Remote write 2.0 messages from the published schema (io.prometheus.write.v2.Request), protobuf and snappy by hand."""

import struct

COUNTER, GAUGE, HISTOGRAM = 1, 2, 3


def varint(number):
    out = bytearray()
    number &= (1 << 64) - 1
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def zigzag(number):
    return varint(number << 1 ^ number >> 63)


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def integer(number, value):
    return varint(number << 3) + varint(value)


def double(number, value):
    return varint(number << 3 | 1) + struct.pack("<d", value)


def snappy(data):
    """The block format with literals alone."""
    out = bytearray(varint(len(data)))
    for start in range(0, len(data), 65536):
        part = data[start : start + 65536]
        out += bytes([61 << 2]) + struct.pack("<H", len(part) - 1) + part
    return bytes(out)


class Request:
    """Collects series; symbols are numbered as they come, the first is the empty text."""

    def __init__(self):
        self.symbols = {"": 0}
        self.series = []

    def ref(self, text):
        return self.symbols.setdefault(text, len(self.symbols))

    def refs(self, labels):
        return [self.ref(text) for pair in sorted(labels.items()) for text in pair]

    def add(self, labels, samples=(), histograms=(), exemplars=(), metadata=None, label_refs=None):
        """Samples are (milliseconds, value, start or None); exemplars (labels, value, milliseconds);
        metadata (type, help, unit); `label_refs` replaces the references of `labels`."""
        refs = self.refs(labels) if label_refs is None else label_refs
        out = field(1, b"".join(map(varint, refs)))
        for millis, value, start in samples:
            sample = double(1, value) + integer(2, millis)
            out += field(2, sample + (integer(3, start) if start else b""))
        for histogram in histograms:
            out += field(3, histogram)
        for extra, value, millis in exemplars:
            inner = field(1, b"".join(map(varint, self.refs(extra)))) + double(2, value) + integer(3, millis)
            out += field(4, inner)
        if metadata:
            kind, help_text, unit = metadata
            out += field(5, integer(1, kind) + integer(3, self.ref(help_text)) + integer(4, self.ref(unit)))
        self.series.append(out)
        return self

    def message(self):
        names = b"".join(field(4, text.encode()) for text in self.symbols)
        return names + b"".join(field(5, one) for one in self.series)

    def body(self):
        return snappy(self.message())


def spans(number, pairs):
    return b"".join(field(number, varint(1 << 3) + zigzag(offset) + integer(2, length)) for offset, length in pairs)


def int_histogram(millis, count, total, schema, zero, positive, negative=((), ()), hint=0, start=None):
    """`zero` is (threshold, count); `positive` and `negative` are (spans, deltas)."""
    out = integer(1, count) + double(3, total) + varint(4 << 3) + zigzag(schema)
    out += double(5, zero[0]) + integer(6, zero[1])
    out += spans(8, negative[0]) + field(9, b"".join(map(zigzag, negative[1])))
    out += spans(11, positive[0]) + field(12, b"".join(map(zigzag, positive[1])))
    return out + integer(14, hint) + integer(15, millis) + (integer(17, start) if start else b"")


def float_histogram(millis, count, total, schema, zero, positive, negative=((), ()), hint=0):
    """The same with absolute counts in place of deltas."""
    packed = lambda counts: b"".join(struct.pack("<d", one) for one in counts)
    out = double(2, count) + double(3, total) + varint(4 << 3) + zigzag(schema)
    out += double(5, zero[0]) + double(7, zero[1])
    out += spans(8, negative[0]) + field(10, packed(negative[1]))
    out += spans(11, positive[0]) + field(13, packed(positive[1]))
    return out + integer(14, hint) + integer(15, millis)


def custom_histogram(millis, count, total, bounds, deltas):
    """Schema -53: counts between the given bounds."""
    out = integer(1, count) + double(3, total) + varint(4 << 3) + zigzag(-53)
    out += spans(11, [(0, len(deltas))]) + field(12, b"".join(map(zigzag, deltas))) + integer(15, millis)
    return out + field(16, b"".join(struct.pack("<d", bound) for bound in bounds))
