package io.trivigil.web.remote;

import io.trivigil.model.SampleBatch;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.LongPredicate;

/// Aliases: ways to write a series, each the bytes of its label fields as a sender writes them and
/// the reference that the store gave the series. An alias is a number above [#NONE]; what is known
/// of it stands beside the Java heap, in pages of
///
/// ```
/// of each alias u64 reference │ of each i32 hash │ of each i32 place of its fields
///   │ of each i32 alias that followed it last time │ of each u8 round in which it was last met
/// ```
///
/// and its fields as numbers of [FieldTexts], of which the last has its highest bit set: each a u16
/// where all of an alias are small enough, which those that came first are and those that most
/// series share, else each an i32 ([FieldPage]). The memory is given back when nobody holds the
/// table any more.
///
/// Any thread may look up; one at a time may add.
final class AliasTable {
  /// Is no alias.
  static final int NONE = 0;

  /// Per alias beside its fields, its places in the table included, bytes.
  static final int BYTES = 32;

  /// Set in the number of an alias' last field.
  static final int LAST = Integer.MIN_VALUE;

  /// Further places that are looked at after the first, so that bytes chosen to collide cost
  /// little.
  private static final int MOST_PROBES = 64;

  private static final int SHIFT = 12;
  private static final int PAGE = 1 << SHIFT;
  private static final int MASK = PAGE - 1;
  private static final int HASHES = Long.BYTES * PAGE;
  private static final int FIELDS = HASHES + Integer.BYTES * PAGE;
  private static final int NEXTS = FIELDS + Integer.BYTES * PAGE;
  private static final int ROUNDS = NEXTS + Integer.BYTES * PAGE;
  private static final int PAGE_BYTES = ROUNDS + PAGE;
  private static final int FIELD_SHIFT = 14;
  private static final int MOST_FIELDS = 1 << FIELD_SHIFT;

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ORDER);
  private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ORDER);
  private static final VarHandle PLACES = MethodHandles.arrayElementVarHandle(int[].class);

  private final FieldTexts texts = new FieldTexts();
  private volatile ByteBuffer[] pages = new ByteBuffer[0];
  private volatile FieldPage[] fieldPages = new FieldPage[0];
  private volatile int[] table = new int[1024];

  // The writer's:
  private int last = NONE; // alias that was made last
  private final Room narrow = new Room(true);
  private final Room wide = new Room(false);
  private int size;
  private long bytes;
  private int[] numbers = new int[16]; // of the fields of one alias

  /// Where fields of one width go.
  private static final class Room {
    private final boolean narrow;
    private int page = -1; // the one that is being filled
    private int next; // in it

    Room(boolean narrow) {
      this.narrow = narrow;
    }
  }

  // ---- any thread ----

  /// Where the label fields of an alias end if exactly they begin at `from`, else −1; what comes
  /// behind them is not looked at.
  int match(int alias, RequestFields request, int from, int to) {
    int place = (int) INTS.get(page(alias), FIELDS + in(alias) * Integer.BYTES);
    FieldPage fields = fieldPages[place >>> FIELD_SHIFT];
    return request.match(fields, place & (MOST_FIELDS - 1), texts, from, to);
  }

  /// The alias of exactly these bytes, or [#NONE].
  int find(RequestFields request, int from, int to, int hash) {
    int[] in = table;
    int mask = in.length - 1;
    for (int probe = 0; probe <= MOST_PROBES; probe++) {
      int alias = (int) PLACES.getAcquire(in, (hash + probe) & mask);
      if (alias == NONE || (hash(alias) == hash && match(alias, request, from, to) == to)) {
        return alias;
      }
    }
    return NONE;
  }

  /// The series' reference, [SampleBatch#NO_REF] once the store forgot it.
  long ref(int alias) {
    return (long) LONGS.getAcquire(page(alias), in(alias) * Long.BYTES);
  }

  /// What followed an alias last time, [#NONE] if nothing did; a guess.
  int next(int alias) {
    return (int) INTS.getAcquire(page(alias), NEXTS + in(alias) * Integer.BYTES);
  }

  void follow(int alias, int successor) {
    INTS.setRelease(page(alias), NEXTS + in(alias) * Integer.BYTES, successor);
  }

  /// Notes that an alias was met in this round.
  void met(int alias, byte round) {
    ByteBuffer page = page(alias);
    if (page.get(ROUNDS + in(alias)) != round) {
      page.put(ROUNDS + in(alias), round);
    }
  }

  private ByteBuffer page(int alias) {
    return pages[alias >>> SHIFT];
  }

  private static int in(int alias) {
    return alias & MASK;
  }

  private int hash(int alias) {
    return (int) INTS.get(page(alias), HASHES + in(alias) * Integer.BYTES);
  }

  // ---- the writer ----

  int size() {
    return size;
  }

  /// About how much memory all of it takes.
  long bytes() {
    return bytes + texts.bytes();
  }

  void learn(int alias, long ref) {
    LONGS.setRelease(page(alias), in(alias) * Long.BYTES, ref);
  }

  /// Makes an alias of these fields, of which there is none; [#NONE] if there is no place near
  /// enough.
  int add(byte[] raw, int hash, long ref, byte round) {
    if (2 * (size + 1) > table.length) {
      grow();
    }
    int place = place(table, hash);
    if (place < 0) {
      return NONE;
    }
    int count = split(raw);
    return count > MOST_FIELDS ? NONE : add(place, count, hash, ref, round);
  }

  private int add(int place, int count, int hash, long ref, byte round) {
    int alias = last + 1;
    if (alias >>> SHIFT == pages.length) {
      pages = Arrays.copyOf(pages, pages.length + 1);
      pages[pages.length - 1] =
          Arena.ofAuto().allocate(PAGE_BYTES, Long.BYTES).asByteBuffer().order(ORDER);
    }
    int fields = addFields(isNarrow(count) ? narrow : wide, count);
    ByteBuffer page = page(alias);
    INTS.set(page, HASHES + in(alias) * Integer.BYTES, hash);
    INTS.set(page, FIELDS + in(alias) * Integer.BYTES, fields);
    page.put(ROUNDS + in(alias), round);
    learn(alias, ref);
    last = alias;
    size++;
    bytes += BYTES;
    PLACES.setRelease(table, place, alias);
    return alias;
  }

  private boolean isNarrow(int count) {
    int all = 0;
    for (int i = 0; i < count; i++) {
      all |= numbers[i];
    }
    return all <= FieldPage.MOST_NARROW;
  }

  private int addFields(Room room, int count) {
    if (room.page < 0 || room.next + count > MOST_FIELDS) {
      room.page = fieldPages.length;
      room.next = 0;
      FieldPage[] grown = Arrays.copyOf(fieldPages, room.page + 1);
      grown[room.page] = new FieldPage(MOST_FIELDS, room.narrow);
      fieldPages = grown;
    }
    FieldPage page = fieldPages[room.page];
    int fields = room.page << FIELD_SHIFT | room.next;
    for (int i = 0; i < count; i++) {
      page.put(room.next++, i == count - 1 ? numbers[i] | LAST : numbers[i]);
    }
    bytes += (long) page.fieldBytes() * count;
    return fields;
  }

  /// Fills `numbers`; tells how many there are.
  private int split(byte[] raw) {
    int count = 0;
    for (int at = 0; at < raw.length; ) {
      int end = fieldEnd(raw, at);
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * count);
      }
      numbers[count++] = texts.number(raw, at, end);
      at = end;
    }
    return count;
  }

  /// Where the field ends that begins at `at`: one byte of tag, a varint of length, its bytes. The
  /// parser has checked them.
  private static int fieldEnd(byte[] raw, int at) {
    int length = 0;
    int i = at + 1;
    for (int shift = 0; ; shift += 7) {
      byte next = raw[i++];
      length |= (next & 0x7f) << shift;
      if (next >= 0) {
        return i + length;
      }
    }
  }

  /// A free place near enough, −1 if there is none.
  private static int place(int[] table, int hash) {
    int mask = table.length - 1;
    for (int probe = 0; probe <= MOST_PROBES; probe++) {
      int place = (hash + probe) & mask;
      if (table[place] == NONE) {
        return place;
      }
    }
    return -1;
  }

  private void grow() {
    int[] old = table;
    int[] next = new int[2 * old.length];
    for (int alias : old) {
      if (alias == NONE) {
        continue;
      }
      int place = place(next, hash(alias));
      if (place >= 0) {
        next[place] = alias;
      } else {
        retire(alias);
      }
    }
    table = next;
  }

  /// Makes an alias useless for whoever still guesses it: it has left the table, so that nobody
  /// would tell it that its reference is gone.
  private void retire(int alias) {
    learn(alias, SampleBatch.NO_REF);
    follow(alias, NONE);
    size--;
  }

  /// Forgets these references.
  void forget(Set<Long> gone) {
    for (int alias : table) {
      if (alias != NONE && gone.contains(ref(alias))) {
        learn(alias, SampleBatch.NO_REF);
      }
    }
  }

  /// Those that were met in a round.
  IntPredicate metIn(byte round) {
    return alias -> page(alias).get(ROUNDS + in(alias)) == round;
  }

  /// The aliases whose reference passes.
  BitSet having(LongPredicate which) {
    BitSet having = new BitSet(last + 1);
    for (int alias : table) {
      if (alias != NONE && ref(alias) != SampleBatch.NO_REF && which.test(ref(alias))) {
        having.set(alias);
      }
    }
    return having;
  }

  /// Those of these aliases that have a reference, as a table of their own.
  AliasTable those(IntPredicate which) {
    AliasTable kept = new AliasTable();
    int[] names = new int[last + 1]; // there, by the number here
    for (int alias : table) {
      if (alias != NONE && ref(alias) != SampleBatch.NO_REF && which.test(alias)) {
        byte met = page(alias).get(ROUNDS + in(alias));
        names[alias] = kept.add(raw(alias), hash(alias), ref(alias), met);
      }
    }
    for (int alias = 1; alias <= last; alias++) {
      if (names[alias] != NONE) {
        kept.follow(names[alias], names[next(alias)]);
      }
    }
    return kept;
  }

  private byte[] raw(int alias) {
    int place = (int) INTS.get(page(alias), FIELDS + in(alias) * Integer.BYTES);
    FieldPage fields = fieldPages[place >>> FIELD_SHIFT];
    byte[] raw = new byte[0];
    for (int at = place & (MOST_FIELDS - 1); ; at++) {
      int number = fields.get(at);
      byte[] field = texts.text(number & ~LAST);
      int length = raw.length;
      raw = Arrays.copyOf(raw, length + field.length);
      System.arraycopy(field, 0, raw, length, field.length);
      if (number < 0) {
        return raw;
      }
    }
  }
}
