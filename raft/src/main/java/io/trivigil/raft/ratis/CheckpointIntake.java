package io.trivigil.raft.ratis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.FileChunkProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto.SnapshotChunkProto;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a checkpoint in no faster than the sender can bear.
///
/// A sender of Ratis 3.3 keeps each chunk in memory until the chunk's time limit is over, also when
/// it was answered long before. What it holds is the pace times [#TIMEOUT_MS], and the burst: at
/// the speed of a disk that was more than the heap, and a leader whose follower came back after an
/// hour ran out of memory. So the taker sets the pace.
///
/// What is left of transfers that came to nothing goes when the next one begins. One thread per
/// transfer, gRPC's, which is held up for the pace.
final class CheckpointIntake implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointIntake.class);

  /// How fast a checkpoint is taken in, bytes per second.
  static final long BYTES_PER_SECOND = 12L << 20;

  /// What is taken in at once after a rest, bytes: a small checkpoint does not wait.
  static final long BURST_BYTES = 32L << 20;

  /// How long the sender waits for a chunk's answer, ms.
  static final long TIMEOUT_MS = 8_000;

  /// How many chunks are sent before the first is answered.
  static final int CHUNKS_UNDER_WAY = 8;

  private final LongSupplier nanoTicker;
  private final Supplier<List<Path>> halves;
  private final Pace pace = new Pace();

  /// @param halves where Ratis collects what is coming in, a directory for each transfer
  CheckpointIntake(LongSupplier nanoTicker, Supplier<List<Path>> halves) {
    this.nanoTicker = nanoTicker;
    this.halves = halves;
  }

  /// When the next bytes may be taken. Thread-safe.
  static final class Pace {
    private long debtBytes; // what was taken and is not worked off
    private long atNanos; // when it was so

    /// How long to wait before so many bytes are taken, ns.
    synchronized long waitNanos(long nowNanos, long bytes) {
      long restBytes = (long) ((nowNanos - atNanos) / 1e9 * BYTES_PER_SECOND);
      debtBytes = Math.max(0, debtBytes - restBytes);
      atNanos = nowNanos;
      long waitNanos =
          (long) (Math.max(0, debtBytes + bytes - BURST_BYTES) * 1e9 / BYTES_PER_SECOND);
      debtBytes += bytes;
      return waitNanos;
    }
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    return new SimpleForwardingServerCallListener<Q>(next.startCall(call, headers)) {
      @Override
      public void onMessage(Q message) {
        if (message instanceof InstallSnapshotRequestProto request && request.hasSnapshotChunk()) {
          await(request.getSnapshotChunk());
        }
        super.onMessage(message);
      }
    };
  }

  private void await(SnapshotChunkProto chunk) {
    if (chunk.getRequestIndex() == 0) {
      clear(halves.get(), chunk.getRequestId());
    }
    long bytes = chunk.getFileChunksList().stream().mapToLong(CheckpointIntake::bytes).sum();
    long waitNanos = pace.waitNanos(nanoTicker.getAsLong(), bytes);
    if (waitNanos > 0) {
      LockSupport.parkNanos(waitNanos);
    }
  }

  private static long bytes(FileChunkProto chunk) {
    return chunk.getData().size();
  }

  /// Deletes what other transfers than this one have left.
  static void clear(List<Path> halves, String transfer) {
    for (Path directory : halves) {
      try (Stream<Path> children = Files.list(directory)) {
        for (Path left : children.filter(p -> !p.toString().endsWith(transfer)).toList()) {
          Checkpoints.delete(left);
          LOG.info("half a checkpoint deleted directory={}", left);
        }
      } catch (IOException | UncheckedIOException e) {
        LOG.debug("half a checkpoint not deleted reason={}", e.toString());
      }
    }
  }
}
