package io.trivigil.raft;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Turns single commands into entries: proposes at once when nothing is in flight, and else
/// collects until that entry is committed or until what waits fills an entry.
/// - Under load it waits a moment longer for those who were just answered: see [Gathering].
/// - Each command is one request and gets its own answer; it is never split or merged.
/// - A few entries may be in flight, but only full ones queue behind the first.
/// - Commands that any leader may take travel with commands that need a certain term; if that term
///   is over, the latter end as [Outcome.NotLeader] and the former are sent again on their own.
///
/// Thread-safe: a private lock guards the queue; nothing is sent or completed under it.
public final class GroupCommit implements AutoCloseable {
  /// What the reason begins with where one command is larger than the limit.
  public static final String TOO_LARGE = "command too large";

  /// How long a command that could go is held back for others at the most.
  public static final Duration LONGEST_WAIT = Gathering.LONGEST;

  /// Sends one entry towards the log.
  public interface Transport {
    /// Sends the commands as one entry; completes, never exceptionally, when its fate is known.
    /// Does not block.
    ///
    /// @param requiredTerm the term in which it may enter the log, or [EntryCodec#ANY_TERM]
    CompletableFuture<Reply> send(long requiredTerm, List<byte[]> commands);
  }

  /// What became of one entry.
  public sealed interface Reply {
    /// Committed and applied here; one answer for each command.
    record Committed(long index, List<byte[]> answers) implements Reply {
      public Committed {
        answers = List.copyOf(answers);
      }
    }

    /// Certainly not in the log.
    record Refused(String reason) implements Reply {}

    /// Perhaps in the log, now or later.
    record Lost(String reason) implements Reply {}
  }

  /// What holds commands back for a moment: see [Gathering].
  ///
  /// @param longest how long at the most; zero: never
  /// @param nanoTicker elapsed time, nanoseconds
  public record Pace(Duration longest, LongSupplier nanoTicker, Timer timer) {
    /// Nothing is held back.
    public static final Pace NONE = new Pace(Duration.ZERO, () -> 0, (_, _) -> {});

    /// What we ship.
    public static Pace usual(LongSupplier nanoTicker, Timer timer) {
      return new Pace(Gathering.LONGEST, nanoTicker, timer);
    }
  }

  /// Runs something later, once; it may be asked under a lock.
  public interface Timer {
    void after(long nanos, Runnable task);
  }

  private record Waiting(long term, byte[] command, CompletableFuture<Outcome> outcome) {}

  private record Batch(long term, List<Waiting> commands) {}

  private final LogLimits limits;
  private final int maxInFlight;
  private final Pace pace;
  private final Transport transport;

  private final Object lock = new Object();
  private final Gathering gathering;
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
  private long queuedBytes;
  private long pendingBytes; // queued and in flight
  private int inFlight;
  private boolean closed;
  private boolean lookIsDue; // at the latest when what is held back may go

  /// @param maxInFlight entries that may be in flight at once; only full ones join the first
  /// @param pace how long a command may be held back for others
  public GroupCommit(LogLimits limits, int maxInFlight, Pace pace, Transport transport) {
    if (maxInFlight < 1) {
      throw new IllegalArgumentException("no entry may be in flight: " + maxInFlight);
    }
    this.limits = limits;
    this.maxInFlight = maxInFlight;
    this.pace = pace;
    this.gathering = new Gathering(pace.longest());
    this.transport = transport;
  }

  /// Queues one command. The future completes, never exceptionally, when its fate is known.
  ///
  /// @param requiredTerm the term in which it may enter the log, or [EntryCodec#ANY_TERM]
  public CompletableFuture<Outcome> propose(long requiredTerm, byte[] command) {
    if (command.length > limits.maxCommandBytes()) {
      return CompletableFuture.completedFuture(
          new Outcome.Rejected(
              "%s: bytes=%d limit=%d"
                  .formatted(TOO_LARGE, command.length, limits.maxCommandBytes())));
    }
    Waiting waiting = new Waiting(requiredTerm, command, new CompletableFuture<>());
    synchronized (lock) {
      if (closed) {
        return CompletableFuture.completedFuture(new Outcome.NotLeader("the log is closed"));
      }
      if (pendingBytes + bytes(waiting) > limits.maxPendingBytes()) {
        return CompletableFuture.completedFuture(
            new Outcome.Rejected(
                "too much is in flight: pending_bytes=%d limit=%d"
                    .formatted(pendingBytes, limits.maxPendingBytes())));
      }
      queue.addLast(waiting);
      queuedBytes += bytes(waiting);
      pendingBytes += bytes(waiting);
    }
    sendWhatMayGo();
    return waiting.outcome();
  }

  /// Bytes of commands that wait or are in flight.
  public long pendingBytes() {
    synchronized (lock) {
      return pendingBytes;
    }
  }

  /// Entries in flight.
  public int inFlight() {
    synchronized (lock) {
      return inFlight;
    }
  }

  /// Refuses what still waits and everything that comes. What is in flight ends as the transport
  /// says.
  @Override
  public void close() {
    List<Waiting> refused;
    synchronized (lock) {
      closed = true;
      refused = List.copyOf(queue);
      queue.clear();
      pendingBytes -= queuedBytes;
      queuedBytes = 0;
    }
    refused.forEach(w -> w.outcome().complete(new Outcome.NotLeader("the log is closed")));
  }

  private void sendWhatMayGo() {
    for (Batch batch = nextBatch(); batch != null; batch = nextBatch()) {
      Batch sent = batch;
      var _ =
          transport
              .send(sent.term(), sent.commands().stream().map(Waiting::command).toList())
              .whenComplete(
                  (reply, failure) ->
                      end(sent, failure == null ? reply : new Reply.Lost(failure.toString())));
    }
  }

  private @Nullable Batch nextBatch() {
    synchronized (lock) {
      boolean first = inFlight == 0 && !queue.isEmpty();
      boolean full = inFlight < maxInFlight && queuedBytes >= limits.maxEntryBytes();
      if (!full && (!first || isHeldBack())) {
        return null;
      }
      inFlight++;
      return cut();
    }
  }

  /// Called under the lock.
  private boolean isHeldBack() {
    long nanos = gathering.holdNanos(queue.size(), pace.nanoTicker().getAsLong());
    if (nanos > 0 && !lookIsDue) {
      lookIsDue = true;
      pace.timer().after(nanos, this::look);
    }
    return nanos > 0;
  }

  private void look() {
    synchronized (lock) {
      lookIsDue = false;
    }
    sendWhatMayGo();
  }

  /// Cuts one entry from the head of the queue; called under the lock.
  private Batch cut() {
    List<Waiting> taken = new ArrayList<>();
    long takenBytes = 0;
    long term = EntryCodec.ANY_TERM;
    for (Iterator<Waiting> heads = queue.iterator(); heads.hasNext(); ) {
      Waiting next = heads.next();
      boolean fits = taken.isEmpty() || takenBytes + bytes(next) <= limits.maxEntryBytes();
      boolean sameTerm =
          next.term() == EntryCodec.ANY_TERM || term == EntryCodec.ANY_TERM || next.term() == term;
      if (!fits || !sameTerm) {
        break;
      }
      heads.remove();
      taken.add(next);
      takenBytes += bytes(next);
      if (next.term() != EntryCodec.ANY_TERM) {
        term = next.term();
      }
    }
    queuedBytes -= takenBytes;
    return new Batch(term, taken);
  }

  private void end(Batch batch, Reply reply) {
    List<Waiting> again = again(batch, reply);
    synchronized (lock) {
      inFlight--;
      for (Waiting waiting : batch.commands()) {
        pendingBytes -= bytes(waiting);
      }
      if (!closed) {
        for (Waiting waiting : again.reversed()) {
          queue.addFirst(waiting);
          queuedBytes += bytes(waiting);
          pendingBytes += bytes(waiting);
        }
        again = List.of();
      }
      if (inFlight == 0 && reply instanceof Reply.Committed) {
        gathering.ended(batch.commands().size(), queue.size(), pace.nanoTicker().getAsLong());
      }
    }
    again.forEach(w -> w.outcome().complete(new Outcome.NotLeader("the log is closed")));
    answer(batch, reply);
    sendWhatMayGo();
  }

  /// The commands of a refused entry that only travelled with others that needed a term.
  private static List<Waiting> again(Batch batch, Reply reply) {
    if (!(reply instanceof Reply.Refused) || batch.term() == EntryCodec.ANY_TERM) {
      return List.of();
    }
    return batch.commands().stream().filter(w -> w.term() == EntryCodec.ANY_TERM).toList();
  }

  private static void answer(Batch batch, Reply reply) {
    List<Waiting> commands = batch.commands();
    switch (reply) {
      case Reply.Committed(long index, List<byte[]> answers)
          when answers.size() == commands.size() -> {
        for (int i = 0; i < commands.size(); i++) {
          commands.get(i).outcome().complete(new Outcome.Applied(index, answers.get(i)));
        }
      }
      case Reply.Committed(long index, List<byte[]> answers) -> {
        String reason =
            "answers do not fit the commands: index=%d commands=%d answers=%d"
                .formatted(index, commands.size(), answers.size());
        commands.forEach(w -> w.outcome().complete(new Outcome.Unknown(reason)));
      }
      case Reply.Refused(String reason) -> {
        for (Waiting waiting : commands) {
          if (batch.term() == EntryCodec.ANY_TERM || waiting.term() != EntryCodec.ANY_TERM) {
            waiting.outcome().complete(new Outcome.NotLeader(reason));
          }
        }
      }
      case Reply.Lost(String reason) ->
          commands.forEach(w -> w.outcome().complete(new Outcome.Unknown(reason)));
    }
  }

  private static int bytes(Waiting waiting) {
    return EntryCodec.COMMAND_BYTES + waiting.command().length;
  }
}
