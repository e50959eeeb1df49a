package io.trivigil.storage;

import io.trivigil.model.Labels;
import io.trivigil.model.NativeHistogram;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.Staleness;
import io.trivigil.storage.head.Head;
import io.trivigil.storage.head.Judging;
import io.trivigil.storage.head.Sleeping;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongLinkedOpenHashSet;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Judges a batch and then stores it: the first pass changes nothing, the second can not fail.
/// Owned by the thread that applies the log.
final class Appender {
  // What becomes of a sample: a byte, since to store a reference to its verdict costs a fence.
  private static final byte LEFT_OUT = 0;
  private static final byte ACCEPTED = 1;
  private static final byte LATE = 2;

  private final Head head;
  private final Judging judging;
  private final Partitions partitions;
  private final StorageMetrics metrics;

  // Scratch of one batch, kept for the next. A series that does not exist yet is −2 − its number.
  private int[] slots = new int[256];
  private byte[] fates = new byte[256];
  private final Object2IntOpenHashMap<Labels> unborn = new Object2IntOpenHashMap<>();
  private final IntArrayList unbornLast = new IntArrayList(); // last accepted sample, −1 if none
  private final List<@Nullable Sleeping> sleeping = new ArrayList<>(); // which it is; null: new
  private final BitSet made = new BitSet(); // those that will be there after the batch
  private final NewSeries newSeries;
  private final RetiredSeries retired;

  Appender(Head head, RetiredSeries retired, Partitions partitions, StorageMetrics metrics) {
    this.head = head;
    this.judging = head.judging();
    this.retired = retired;
    this.partitions = partitions;
    this.metrics = metrics;
    this.newSeries = new NewSeries(head);
    unborn.defaultReturnValue(-1);
  }

  AppendResult append(SampleBatch batch, AppendRules rules, long cutoffMs, long entryIndex) {
    if (slots.length < batch.size()) {
      slots = new int[batch.size()];
      fates = new byte[batch.size()];
    }
    unborn.clear();
    unbornLast.clear();
    sleeping.clear();
    made.clear();
    judging.lock().lock();
    try {
      judging.beginBatch(batch.size());
      return append(batch, rules, bounds(rules, cutoffMs), cutoffMs, entryIndex);
    } finally {
      judging.lock().unlock();
    }
  }

  private AppendResult append(
      SampleBatch batch, AppendRules rules, Bounds bounds, long cutoffMs, long entryIndex) {
    List<Long> unknown = resolve(batch, cutoffMs);
    if (!unknown.isEmpty()) {
      return new AppendResult.UnknownRefs(unknown);
    }
    Tally tally = new Tally();
    newSeries.begin(rules.limits());
    int exempt = batch.size() - rules.exempt();
    for (int i = 0; i < batch.size(); i++) {
      Verdict verdict = judge(batch, i, bounds);
      if (isStored(verdict) && isBorn(i) && i < exempt) {
        verdict = newSeries.judge(batch.labels(i), verdict);
      }
      if (rules.refuses(verdict)) {
        metrics.count(verdict, 1);
        return new AppendResult.Refused(verdict, i);
      }
      tally.add(verdict);
      fates[i] = fate(verdict);
      if (isStored(verdict)) {
        accept(batch, i, verdict);
      } else if (verdict.overLimit()) {
        newSeries.leaveOut(verdict, batch.labels(i), i);
      }
    }
    return store(batch, tally, entryIndex);
  }

  private static boolean isStored(Verdict verdict) {
    return verdict == Verdict.ACCEPTED || verdict == Verdict.LATE;
  }

  private static byte fate(Verdict verdict) {
    if (verdict == Verdict.ACCEPTED) {
      return ACCEPTED;
    }
    return verdict == Verdict.LATE ? LATE : LEFT_OUT;
  }

  private List<Long> resolve(SampleBatch batch, long cutoffMs) {
    LongLinkedOpenHashSet unknown = new LongLinkedOpenHashSet(0);
    for (int i = 0; i < batch.size(); i++) {
      long ref = batch.ref(i);
      int slot = ref == SampleBatch.NO_REF ? slotOf(batch.labels(i), cutoffMs) : judging.find(ref);
      slots[i] = slot;
      if (slot == Head.NO_SLOT) {
        unknown.add(ref);
      }
    }
    return new ArrayList<>(unknown);
  }

  /// The slot of a series that came with its labels, below [Head#NO_SLOT] if it has none yet.
  private int slotOf(Labels labels, long cutoffMs) {
    int slot = head.find(labels);
    if (slot != Head.NO_SLOT) {
      return slot;
    }
    int number = unborn.getInt(labels);
    if (number < 0) {
      number = unbornLast.size();
      unborn.put(labels, number);
      unbornLast.add(-1);
      sleeping.add(retired.find(labels, cutoffMs));
    }
    return -2 - number;
  }

  /// What the times of a batch are judged by, ms.
  ///
  /// @param minMs below, a sample in order is too old
  /// @param maxMs above, one is too far ahead
  /// @param newestMs of the store before the batch; [Head#NONE] for nothing
  /// @param lateMs below, a sample that is not in order or below `minMs` is too old; [Head#NONE] if
  ///   there is no window for such
  private record Bounds(boolean whole, long minMs, long maxMs, long newestMs, long lateMs) {}

  private Bounds bounds(AppendRules rules, long cutoffMs) {
    long leastMs = Math.max(cutoffMs, Head.NONE + 1);
    long newestMs = head.newestMs();
    long lateMs = Head.NONE;
    if (rules.windowMs() > 0) {
      // Without a newest sample there is nothing to be late for.
      boolean bounded = newestMs >= Head.NONE + 1 + rules.windowMs();
      lateMs = Math.max(leastMs, bounded ? newestMs - rules.windowMs() : leastMs);
    }
    return new Bounds(
        rules.whole(), Math.max(rules.minMs(), leastMs), rules.maxMs(), newestMs, lateMs);
  }

  private Verdict judge(SampleBatch batch, int i, Bounds bounds) {
    long timestampMs = batch.timestampMs(i);
    int slot = slots[i];
    int before = slot < 0 ? unbornLast.getInt(-2 - slot) : judging.lastOfBatch(slot);
    Sleeping asleep = slot < 0 ? sleeping.get(-2 - slot) : null;
    long lastMs = Head.NONE;
    if (before >= 0) {
      lastMs = batch.timestampMs(before);
    } else if (slot >= 0) {
      lastMs = judging.lastMs(slot);
    } else if (asleep != null) {
      lastMs = asleep.lastMs();
    }
    if (lastMs != Head.NONE && timestampMs == lastMs) {
      long lastBits = before >= 0 ? bits(batch, before) : lastBits(slot, asleep);
      return bits(batch, i) == lastBits ? Verdict.SAME : Verdict.DUPLICATE;
    }
    if (timestampMs >= bounds.minMs() && timestampMs > bounds.maxMs()) {
      return Verdict.TOO_FAR_AHEAD;
    }
    if (timestampMs >= bounds.minMs() && timestampMs > lastMs) {
      return Verdict.ACCEPTED;
    }
    if (bounds.newestMs() != Head.NONE) {
      metrics.lateBy.observe((bounds.newestMs() - timestampMs) / 1e3);
    }
    if (bounds.lateMs() == Head.NONE) {
      return timestampMs < bounds.minMs() ? Verdict.TOO_OLD : Verdict.OUT_OF_ORDER;
    }
    if (timestampMs < bounds.lateMs()) {
      return Verdict.TOO_OLD;
    }
    return timestampMs > lastMs ? Verdict.ACCEPTED : judgeLate(batch, i, bounds.whole());
  }

  private long lastBits(int slot, @Nullable Sleeping asleep) {
    return asleep == null ? head.lastBits(slot) : asleep.lastBits();
  }

  private Verdict judgeLate(SampleBatch batch, int i, boolean whole) {
    if (!whole && Staleness.isMarker(batch.value(i))) {
      return Verdict.OUT_OF_ORDER; // made here, of a series that lives on elsewhere
    }
    long ref = slots[i] < 0 ? 0 : head.ref(slots[i]);
    Sleeping asleep = slots[i] < 0 ? sleeping.get(-2 - slots[i]) : null;
    ref = asleep == null ? ref : asleep.ref();
    boolean room = ref == 0 || head.late().takes(ref, batch.timestampMs(i), batch.size());
    return room ? Verdict.LATE : Verdict.TOO_OLD;
  }

  private static long bits(SampleBatch batch, int i) {
    return Head.bits(batch.value(i), batch.histogram(i));
  }

  /// Whether the sample would make a series, or bring a retired one back.
  private boolean isBorn(int i) {
    return slots[i] < 0 && !made.get(-2 - slots[i]);
  }

  /// Notes a sample that will be stored; as its series' last so far if it comes in order.
  private void accept(SampleBatch batch, int i, Verdict verdict) {
    int slot = slots[i];
    if (isBorn(i)) {
      newSeries.count(batch.labels(i));
      made.set(-2 - slot);
    }
    if (verdict == Verdict.LATE) {
      return;
    }
    if (slot >= 0) {
      judging.markLastOfBatch(slot, i);
    } else {
      unbornLast.set(-2 - slot, i);
    }
  }

  /// The slot of a series that came with its labels, made now if there is none; [Head#NO_SLOT] if
  /// nothing of it is stored.
  private int born(SampleBatch batch, int i, int[] bornSlots, long entryIndex) {
    if (slots[i] >= 0) {
      return slots[i];
    }
    int number = -2 - slots[i];
    if (bornSlots[number] == Head.NO_SLOT && fates[i] != LEFT_OUT) {
      bornSlots[number] = make(batch.labels(i), number, entryIndex);
    }
    return bornSlots[number];
  }

  private int make(Labels labels, int number, long entryIndex) {
    Sleeping asleep = sleeping.get(number);
    return asleep == null ? head.create(labels) : head.retiring().wake(asleep, labels, entryIndex);
  }

  private AppendResult store(SampleBatch batch, Tally tally, long entryIndex) {
    int[] bornSlots = new int[unbornLast.size()];
    Arrays.fill(bornSlots, Head.NO_SLOT);
    LongArrayList refs = new LongArrayList();
    for (int i = 0; i < batch.size(); i++) {
      int slot = slots[i];
      long ref = batch.ref(i);
      if (ref == SampleBatch.NO_REF) {
        slot = born(batch, i, bornSlots, entryIndex);
        ref = slot == Head.NO_SLOT ? SampleBatch.NO_REF : head.ref(slot);
        refs.add(ref);
      }
      if (fates[i] == ACCEPTED) {
        long timestampMs = batch.timestampMs(i);
        partitions.note(ref, judging.lastMs(slot), timestampMs);
        NativeHistogram histogram = batch.histogram(i);
        if (histogram == null) {
          head.append(slot, timestampMs, Double.doubleToRawLongBits(batch.value(i)));
        } else {
          head.append(slot, timestampMs, histogram);
        }
      } else if (fates[i] == LATE) {
        long timestampMs = batch.timestampMs(i);
        partitions.noteLate(ref, judging.lastMs(slot), timestampMs);
        long bits = Double.doubleToRawLongBits(batch.value(i));
        head.appendLate(slot, timestampMs, bits, batch.histogram(i));
      }
    }
    return tally.result(metrics, newSeries, refs);
  }

  /// Samples by verdict.
  private static final class Tally {
    private final EnumMap<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
    private Verdict current = Verdict.ACCEPTED;
    private int run; // of the current verdict, not counted yet: nearly all are alike

    void add(Verdict verdict) {
      if (verdict != current) {
        count();
        current = verdict;
      }
      run++;
    }

    private void count() {
      counts.merge(current, run, Integer::sum);
      run = 0;
    }

    private int of(Verdict verdict) {
      return counts.getOrDefault(verdict, 0);
    }

    AppendResult result(StorageMetrics metrics, NewSeries made, List<Long> refs) {
      count();
      counts.forEach(metrics::count);
      return new AppendResult.Appended(
          of(Verdict.ACCEPTED) + of(Verdict.LATE),
          of(Verdict.SAME),
          of(Verdict.DUPLICATE),
          of(Verdict.OUT_OF_ORDER),
          of(Verdict.TOO_OLD),
          of(Verdict.TOO_FAR_AHEAD),
          of(Verdict.SERIES_LIMIT) + of(Verdict.METRIC_SERIES_LIMIT) + of(Verdict.JOB_SERIES_LIMIT),
          made.born(),
          refs,
          made.over());
    }
  }
}
