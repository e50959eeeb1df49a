package io.trivigil.storage.exemplar;

import io.trivigil.model.Exemplar;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// The newest exemplars of the cluster: a ring that holds as many as the command says that brings
/// more. A deterministic machine with Prometheus's rules of order.
///
/// [#append], [#sections] and [#restore] belong to the thread that applies; the rest may be called
/// from any. The private lock guards the list of blocks and where each begins and ends.
///
/// Sections: `sequence` (u8 version = 1, varint exemplars ever taken) and `block/<hex number>` as
/// [ExemplarBlock] says; block `n` holds those from `n × 512` on.
public final class ExemplarStore {
  private static final String SEQUENCE = "sequence";
  private static final String BLOCK = "block/";
  private static final int VERSION = 1;

  private final Deque<ExemplarBlock> blocks = new ArrayDeque<>(); // guarded by itself
  private final Map<Labels, Exemplar> newest = new ConcurrentHashMap<>(); // by series
  private long sequence; // exemplars ever taken
  private int count; // as the blocks say
  private volatile int published; // the same, for everybody

  /// What became of some exemplars.
  ///
  /// @param accepted new
  /// @param same the newest of their series already
  /// @param outOfOrder older than the newest of their series
  /// @param tooLong with labels over [Exemplar#MOST_LABEL_CHARS]
  public record Outcome(int accepted, int same, int outOfOrder, int tooLong) {}

  private enum Verdict {
    ACCEPTED,
    SAME,
    OUT_OF_ORDER,
    TOO_LONG
  }

  /// Takes what is in order, and lets the oldest go.
  ///
  /// @param limit the most exemplars from now on; 0 for none
  public Outcome append(List<Exemplar> exemplars, int limit) {
    EnumMap<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
    synchronized (blocks) {
      for (Exemplar exemplar : exemplars) {
        Verdict verdict = limit == 0 ? Verdict.SAME : judge(exemplar);
        counts.merge(verdict, 1, Integer::sum);
        if (verdict == Verdict.ACCEPTED) {
          add(exemplar);
        }
      }
      while (count > limit) {
        removeOldest();
      }
      published = count;
    }
    return new Outcome(
        counts.getOrDefault(Verdict.ACCEPTED, 0),
        counts.getOrDefault(Verdict.SAME, 0),
        counts.getOrDefault(Verdict.OUT_OF_ORDER, 0),
        counts.getOrDefault(Verdict.TOO_LONG, 0));
  }

  private Verdict judge(Exemplar exemplar) {
    if (exemplar.isTooLong()) {
      return Verdict.TOO_LONG;
    }
    Exemplar last = newest.get(exemplar.series());
    if (last == null) {
      return Verdict.ACCEPTED;
    }
    if (exemplar.sameAs(last)) {
      return Verdict.SAME;
    }
    // Of one time, the buckets of a histogram bring several: by value, then by labels.
    int order = Long.compare(exemplar.timestampMs(), last.timestampMs());
    order = order == 0 ? Double.compare(exemplar.value(), last.value()) : order;
    order = order == 0 ? exemplar.labels().compareTo(last.labels()) : order;
    return order < 0 ? Verdict.OUT_OF_ORDER : Verdict.ACCEPTED;
  }

  private void add(Exemplar exemplar) {
    ExemplarBlock last = blocks.peekLast();
    if (last == null || last.isFull()) {
      last = new ExemplarBlock();
      blocks.addLast(last);
    }
    Exemplar known = newest.get(exemplar.series());
    Exemplar shared =
        known == null
            ? exemplar
            : new Exemplar(
                known.series(), exemplar.labels(), exemplar.value(), exemplar.timestampMs());
    last.add(shared);
    newest.put(shared.series(), shared);
    sequence++;
    count++;
  }

  private void removeOldest() {
    ExemplarBlock first = blocks.getFirst();
    Exemplar gone = first.removeFirst();
    newest.remove(gone.series(), gone); // only if it was the newest
    count--;
    if (first.isEmpty() && first.isFull()) {
      blocks.removeFirst();
    }
  }

  /// Whether this is the newest of its series already: then there is no need to send it.
  public boolean has(Exemplar exemplar) {
    Exemplar last = newest.get(exemplar.series());
    return last != null && last.sameAs(exemplar);
  }

  /// Exemplars that are held.
  public int size() {
    return published;
  }

  /// Series that have any.
  public int series() {
    return newest.size();
  }

  /// The exemplars of the series that pass one of the selectors, oldest first.
  ///
  /// @param selectors all matchers of one must match
  /// @param fromMs inclusive
  /// @param toMs inclusive
  public SortedMap<Labels, List<Exemplar>> select(
      List<List<Matcher>> selectors, long fromMs, long toMs) {
    record Part(ExemplarBlock block, int from, int to) {}
    List<Part> parts = new ArrayList<>();
    synchronized (blocks) {
      blocks.forEach(block -> parts.add(new Part(block, block.from(), block.to())));
    }
    IdentityHashMap<Labels, Boolean> passing = new IdentityHashMap<>();
    SortedMap<Labels, List<Exemplar>> found = new TreeMap<>();
    for (Part part : parts) {
      for (int i = part.from(); i < part.to(); i++) {
        Exemplar exemplar = part.block().at(i);
        if (exemplar.timestampMs() >= fromMs
            && exemplar.timestampMs() <= toMs
            && passing.computeIfAbsent(exemplar.series(), of -> passes(of, selectors))) {
          found.computeIfAbsent(exemplar.series(), _ -> new ArrayList<>()).add(exemplar);
        }
      }
    }
    return found;
  }

  private static boolean passes(Labels series, List<List<Matcher>> selectors) {
    return selectors.stream()
        .anyMatch(matchers -> matchers.stream().allMatch(matcher -> matcher.test(series)));
  }

  /// The whole state; empty before the first exemplar. The arrays are not to be changed.
  public SortedMap<String, byte[]> sections() {
    SortedMap<String, byte[]> sections = new TreeMap<>();
    if (sequence > 0) {
      sections.put(SEQUENCE, new ByteWriter(10).u8(VERSION).varint(sequence).toBytes());
    }
    int last = blocks.isEmpty() ? 0 : blocks.getLast().to();
    long number = (sequence - last) / ExemplarBlock.SIZE - blocks.size() + 1;
    for (ExemplarBlock block : blocks) {
      sections.put(BLOCK + "%016x".formatted(number++), block.encode());
    }
    return sections;
  }

  /// Replaces the whole state by what [#sections] returned.
  ///
  /// @throws MalformedBytesException if that can not be
  public void restore(SortedMap<String, byte[]> sections) {
    synchronized (blocks) {
      blocks.clear();
      newest.clear();
      sequence = 0;
      count = 0;
      sections.forEach(this::restore); // blocks rise by name
      published = count;
    }
  }

  private void restore(String name, byte[] bytes) {
    if (name.equals(SEQUENCE)) {
      ByteReader in = new ByteReader(bytes);
      int version = in.u8();
      if (version != VERSION) {
        throw new MalformedBytesException(
            "exemplar sequence version: expected=%d found=%d".formatted(VERSION, version));
      }
      sequence = in.varint();
      return;
    }
    if (!name.startsWith(BLOCK)) {
      throw new MalformedBytesException("unknown section of exemplars: name=" + name);
    }
    ExemplarBlock block = ExemplarBlock.decode(bytes);
    blocks.addLast(block);
    for (int i = block.from(); i < block.to(); i++) {
      newest.put(block.at(i).series(), block.at(i));
      count++;
    }
  }
}
