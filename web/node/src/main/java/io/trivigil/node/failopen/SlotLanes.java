package io.trivigil.node.failopen;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.scraper.state.ScrapeAnswer;
import io.trivigil.scraper.state.ScrapeCommand;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;

/// The scrapes of one time without a quorum on their way into the log: many in one command, the
/// oldest first. Targets are spread over lanes; a lane has one command on its way at a time, for a
/// target takes its scrapes in order only. Decides; proposes nothing. Confined to one thread.
///
/// Series that the store does not know travel with their labels until an answer has told their
/// reference.
final class SlotLanes {
  /// Commands that are on their way at a time: one is replicated while another is applied.
  static final int LANES = 4;

  private static final int LENGTH_BYTES = 5; // of a scrape within a command, at most

  /// Hears what became of each scrape.
  interface Fates {
    void merged();

    void left(LocalBuffer.Slot slot, MergeLog.Left why);
  }

  /// One command of a lane. Nothing else of the lane may be proposed before it is settled.
  static final class Chunk {
    private final int lane;
    private final List<Sent> sent;
    private final byte[] command;

    private Chunk(int lane, List<Sent> sent, byte[] command) {
      this.lane = lane;
      this.sent = sent;
      this.command = command;
    }

    /// The bytes of a [TakenAlone].
    byte[] command() {
      return command;
    }
  }

  /// @param labelled the reference in the buffer, or 0, of each series that travelled with labels
  private record Sent(LocalBuffer.Slot slot, byte[] command, List<Long> labelled) {}

  private final String node;
  private final MergeSettings settings;
  private final LocalBuffer buffer;
  private final ToLongFunction<String> newestMs;
  private final Fates fates;
  private final List<ArrayDeque<LocalBuffer.Slot>> lanes = new ArrayList<>();
  private final Map<Long, Long> learnt = new HashMap<>(); // references of the buffer to the store's
  private final Set<Long> forgotten = new HashSet<>(); // references that the store knows no more

  /// @param newestMs the newest slot of a target that this node knows to be in the log
  SlotLanes(
      String node,
      MergeSettings settings,
      Merge merge,
      ToLongFunction<String> newestMs,
      Fates fates) {
    this.node = node;
    this.settings = settings;
    this.buffer = merge.buffer();
    this.newestMs = newestMs;
    this.fates = fates;
    for (int i = 0; i < LANES; i++) {
      lanes.add(new ArrayDeque<>());
    }
    for (LocalBuffer.Slot slot : merge.slots()) {
      lanes.get(Math.floorMod(slot.key().hashCode(), LANES)).addLast(slot);
    }
  }

  /// The next command of each lane that has one.
  List<Chunk> next() {
    List<Chunk> wave = new ArrayList<>();
    for (int i = 0; i < lanes.size(); i++) {
      next(i).ifPresent(wave::add);
    }
    return wave;
  }

  private Optional<Chunk> next(int lane) {
    ArrayDeque<LocalBuffer.Slot> waiting = lanes.get(lane);
    List<Sent> sent = new ArrayList<>();
    long bytes = 0;
    while (!waiting.isEmpty() && bytes < settings.chunkBytes()) {
      LocalBuffer.Slot slot = waiting.getFirst();
      if (slot.slotMs() <= newestMs.applyAsLong(slot.key())) {
        // Another node that was alone has merged it meanwhile: it need not travel again.
        waiting.removeFirst();
        fates.left(slot, MergeLog.Left.IN_LOG);
        continue;
      }
      Sent made = sent(slot);
      long length = (long) made.command().length + LENGTH_BYTES;
      if (length > settings.commandBytes()) {
        waiting.removeFirst();
        fates.left(slot, MergeLog.Left.TOO_LARGE);
        continue;
      }
      if (bytes + length > settings.commandBytes()) {
        break;
      }
      waiting.removeFirst();
      bytes += length;
      sent.add(made);
    }
    if (sent.isEmpty()) {
      return Optional.empty();
    }
    List<byte[]> commands = sent.stream().map(Sent::command).toList();
    return Optional.of(new Chunk(lane, sent, new TakenAlone(node, commands).encode()));
  }

  /// A scrape as the log takes it.
  private Sent sent(LocalBuffer.Slot slot) {
    ScrapeCommand.Batch batch = (ScrapeCommand.Batch) ScrapeCommand.decode(slot.command());
    SampleBatch from = batch.samples();
    SampleBatch samples = new SampleBatch(from.size());
    List<Long> labelled = new ArrayList<>();
    for (int i = 0; i < from.size(); i++) {
      long ref = from.ref(i);
      if (ref == SampleBatch.NO_REF) {
        samples.add(from.labels(i), from.timestampMs(i), from.value(i));
        labelled.add(0L);
        continue;
      }
      long known = learnt.getOrDefault(ref, LocalBuffer.isOwn(ref) ? 0L : ref);
      if (known == 0 || forgotten.contains(known)) {
        Labels labels = buffer.labels(ref).orElseThrow();
        samples.add(labels, from.timestampMs(i), from.value(i));
        labelled.add(ref);
      } else {
        samples.add(known, from.timestampMs(i), from.value(i));
      }
    }
    byte[] command =
        new ScrapeCommand.Batch(
                batch.key(),
                batch.job(),
                batch.intervalMs(),
                batch.slotMs(),
                batch.scrapeMs(),
                batch.up(),
                batch.error(),
                batch.durationNanos(),
                batch.tracked(),
                batch.report(),
                batch.metadata(),
                samples)
            .encode();
    return new Sent(slot, command, labelled);
  }

  /// Takes the answer to a command that was applied. What was not reached comes again.
  void settle(Chunk chunk, byte[] answer) {
    List<Sent> sent = chunk.sent;
    Optional<List<byte[]>> answers = TakenAlone.answers(answer);
    if (answers.isEmpty()) {
      sent.forEach(one -> fates.left(one.slot(), MergeLog.Left.REFUSED));
      return;
    }
    int settled = 0;
    for (byte[] each : answers.get()) {
      switch (ScrapeAnswer.decode(each)) {
        case ScrapeAnswer.Applied(List<Long> refs, var _) -> {
          learn(sent.get(settled).labelled(), refs);
          fates.merged();
        }
        case ScrapeAnswer.Refused _ -> fates.left(sent.get(settled).slot(), MergeLog.Left.IN_LOG);
        case ScrapeAnswer.UnknownRefs(List<Long> refs) -> {
          forgotten.addAll(refs);
          putBack(chunk, settled);
          return;
        }
      }
      settled++;
    }
    putBack(chunk, settled);
  }

  private void learn(List<Long> labelled, List<Long> refs) {
    for (int i = 0; i < Math.min(labelled.size(), refs.size()); i++) {
      if (labelled.get(i) != 0 && refs.get(i) != 0) {
        learnt.put(labelled.get(i), refs.get(i));
        forgotten.remove(refs.get(i));
      }
    }
  }

  private void putBack(Chunk chunk, int from) {
    for (Sent one : chunk.sent.subList(from, chunk.sent.size()).reversed()) {
      lanes.get(chunk.lane).addFirst(one.slot());
    }
  }
}
