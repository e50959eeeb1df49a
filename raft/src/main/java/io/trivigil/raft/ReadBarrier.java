package io.trivigil.raft;

import io.trivigil.raft.GroupCommit.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Linearizable reads: an empty entry goes through the log, and whoever reads behind it has seen
/// everything that was committed before the read began.
///
/// Readers share entries: while one is in flight, those that come wait together for the next,
/// because the one in flight may be older than what they must see. So there is at most one in
/// flight, however many read.
///
/// Thread-safe: a private lock guards who waits; nothing is sent or completed under it.
public final class ReadBarrier {
  private final Supplier<CompletableFuture<Reply>> emptyEntry;

  private final Object lock = new Object();
  private boolean inFlight;
  private @Nullable CompletableFuture<Long> next;

  /// @param emptyEntry proposes an entry without commands; completes, never exceptionally, once it
  ///   is applied on this node, or its fate is known
  public ReadBarrier(Supplier<CompletableFuture<Reply>> emptyEntry) {
    this.emptyEntry = emptyEntry;
  }

  /// Completes with the index of an entry that was proposed after this call and is applied here;
  /// fails with a [NoQuorumException] where there is none.
  public CompletableFuture<Long> pass() {
    CompletableFuture<Long> mine;
    synchronized (lock) {
      mine = next == null ? new CompletableFuture<>() : next;
      if (inFlight) {
        next = mine;
        return mine.copy();
      }
      inFlight = true;
    }
    send(mine);
    return mine.copy();
  }

  private void send(CompletableFuture<Long> readers) {
    var _ =
        emptyEntry
            .get()
            .whenComplete(
                (reply, failure) -> {
                  CompletableFuture<Long> waiting;
                  synchronized (lock) {
                    waiting = next;
                    next = null;
                    inFlight = waiting != null;
                  }
                  end(readers, reply, failure);
                  if (waiting != null) {
                    send(waiting);
                  }
                });
  }

  private static void end(
      CompletableFuture<Long> readers, @Nullable Reply reply, @Nullable Throwable failure) {
    switch (reply) {
      case Reply.Committed(long index, _) -> readers.complete(index);
      case Reply.Refused(String reason) ->
          readers.completeExceptionally(new NoQuorumException(reason));
      case Reply.Lost(String reason) ->
          readers.completeExceptionally(new NoQuorumException(reason));
      case null -> readers.completeExceptionally(new NoQuorumException(String.valueOf(failure)));
    }
  }
}
