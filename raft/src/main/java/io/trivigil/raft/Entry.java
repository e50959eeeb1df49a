package io.trivigil.raft;

import java.util.List;

/// One committed entry: the commands that were proposed together, in their order.
///
/// @param index its place in the log; grows, but not by one each time (Ratis has entries of its
///   own)
/// @param term the term of the leader that wrote it
/// @param logTimeMs the log's time: max(the log time before, the leader's clock when it proposed),
///   epoch milliseconds UTC. Equal on every node; never goes back
/// @param commands the commands; the receiver must not change the arrays
public record Entry(long index, long term, long logTimeMs, List<byte[]> commands) {
  public Entry {
    commands = List.copyOf(commands);
  }
}
