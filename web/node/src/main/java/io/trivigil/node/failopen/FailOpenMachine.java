package io.trivigil.node.failopen;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.scraper.state.ScrapeAnswer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;

/// The replicated record of what each node did without a quorum: a new leader begins its work when
/// the others have said that they have merged.
///
/// Deterministic. [#apply] and [#restore] are called by one thread; the rest from any.
public final class FailOpenMachine {
  /// The most nodes that are remembered; a further one is refused.
  public static final int MAX_NODES = 100;

  private static final int VERSION = 1;
  private static final byte[] DONE = {0};
  private static final byte[] REFUSED = {1};
  private static final String PREFIX = "node/";

  private final ConcurrentSkipListMap<String, Merged> reports = new ConcurrentSkipListMap<>();

  // Who is merging as this process has seen it. Not part of the state: no answer depends on it.
  private final ConcurrentHashMap<String, Merging> merging = new ConcurrentHashMap<>();

  /// How far a node has come that merges what it took alone.
  ///
  /// @param atMs log time of its newest command
  /// @param commands how many of them this process has applied
  public record Merging(long atMs, long commands) {}

  /// A node has merged what it had, or had nothing.
  ///
  /// @param atMs log time of the report
  /// @param openedMs when it had failed open, wall time; 0 if it had not
  /// @param closedMs when it heard a leader again; 0 if it had not failed open
  /// @param slots scrapes that entered the log
  /// @param leftSlots scrapes that did not: dropped, or others had committed the like
  /// @param told notifications that were sent meanwhile
  public record Merged(
      long atMs, long openedMs, long closedMs, long slots, long leftSlots, long told) {
    void encode(ByteWriter out) {
      out.zigzag(atMs).zigzag(openedMs).zigzag(closedMs).varint(slots).varint(leftSlots);
      out.varint(told);
    }

    static Merged decode(ByteReader in) {
      return new Merged(
          in.zigzag(), in.zigzag(), in.zigzag(), in.varint(), in.varint(), in.varint());
    }
  }

  /// The bytes of a report: u8 version = 1, string node, [Merged]; its time is the log's.
  public static byte[] encode(String node, Merged merged) {
    ByteWriter out = new ByteWriter();
    out.u8(VERSION).string(node);
    merged.encode(out);
    return out.toBytes();
  }

  /// Applies a report. Answers one byte: 0 taken, 1 refused.
  public byte[] apply(long logTimeMs, byte[] command) {
    try {
      ByteReader in = new ByteReader(command);
      check(in.u8());
      String node = in.string();
      Merged said = Merged.decode(in);
      in.expectEnd();
      if (reports.size() >= MAX_NODES && !reports.containsKey(node)) {
        return REFUSED.clone();
      }
      reports.put(
          node,
          new Merged(
              logTimeMs,
              said.openedMs(),
              said.closedMs(),
              said.slots(),
              said.leftSlots(),
              said.told()));
      return DONE.clone();
    } catch (MalformedBytesException _) {
      return REFUSED.clone();
    }
  }

  /// Applies a [TakenAlone]. Answers as it says.
  ///
  /// @param scrape applies one command of scraping
  public byte[] apply(long logTimeMs, byte[] command, UnaryOperator<byte[]> scrape) {
    TakenAlone taken;
    try {
      taken = TakenAlone.decode(command);
    } catch (MalformedBytesException _) {
      return REFUSED.clone();
    }
    if (merging.size() < MAX_NODES || merging.containsKey(taken.node())) {
      merging.merge(
          taken.node(),
          new Merging(logTimeMs, 1),
          (before, _) -> new Merging(logTimeMs, before.commands() + 1));
    }
    List<byte[]> answers = new ArrayList<>(taken.scrapes().size());
    for (byte[] one : taken.scrapes()) {
      byte[] answer = scrape.apply(one);
      answers.add(answer);
      if (ScrapeAnswer.decode(answer) instanceof ScrapeAnswer.UnknownRefs) {
        break;
      }
    }
    return TakenAlone.answer(answers);
  }

  private static void check(int version) {
    if (version != VERSION) {
      throw new MalformedBytesException(
          "fail-open report version: expected=%d found=%d".formatted(VERSION, version));
    }
  }

  /// How far a node has come that merges; empty if it has not begun since this process started.
  public Optional<Merging> merging(String node) {
    return Optional.ofNullable(merging.get(node));
  }

  /// What a node said last.
  public Optional<Merged> report(String node) {
    return Optional.ofNullable(reports.get(node));
  }

  /// What all nodes said last. A live view.
  public SortedMap<String, Merged> reports() {
    return Collections.unmodifiableSortedMap(reports);
  }

  /// The state: `node/<id>`, u8 version = 1, [Merged].
  public SortedMap<String, byte[]> sections() {
    SortedMap<String, byte[]> sections = new TreeMap<>();
    reports.forEach(
        (node, merged) -> {
          ByteWriter out = new ByteWriter();
          out.u8(VERSION);
          merged.encode(out);
          sections.put(PREFIX + node, out.toBytes());
        });
    return sections;
  }

  /// Replaces the state by what [#sections] gave.
  public void restore(SortedMap<String, byte[]> sections) {
    reports.clear();
    sections.forEach(
        (name, bytes) -> {
          ByteReader in = new ByteReader(bytes);
          check(in.u8());
          reports.put(name.substring(PREFIX.length()), Merged.decode(in));
          in.expectEnd();
        });
  }
}
