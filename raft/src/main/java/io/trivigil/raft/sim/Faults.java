package io.trivigil.raft.sim;

import java.time.Duration;

/// How hostile a simulation is. Chances are in percent.
///
/// @param lostReply of a proposal: its outcome is reported as unknown, before or after it is
///   committed, or although it never is
/// @param duplicate of a proposal: it is committed a second time, later
/// @param lateCallback of an outcome: it arrives up to two seconds late
/// @param slowApply of a node that applies: it takes up to half a second
/// @param crash of a planned fault: a node dies and loses what was not written
/// @param partition of a planned fault: the nodes fall into two sides
/// @param depose of a planned fault: another node becomes leader while the old one still believes
/// @param snapshot of a planned fault: a node captures its state, and writes it later if it lives
/// @param every the mean time between two planned faults; zero plans none
/// @param maxSkew how far a node's clock may be off
public record Faults(
    int lostReply,
    int duplicate,
    int lateCallback,
    int slowApply,
    int crash,
    int partition,
    int depose,
    int snapshot,
    Duration every,
    Duration maxSkew) {

  /// A friendly network: only the order of things is left to chance.
  public static final Faults NONE =
      new Faults(0, 0, 0, 0, 0, 0, 0, 0, Duration.ZERO, Duration.ZERO);

  /// Everything at once.
  public static final Faults HOSTILE =
      new Faults(10, 10, 10, 10, 25, 15, 20, 40, Duration.ofMillis(250), Duration.ofMillis(400));

  public Faults {
    if (crash + partition + depose + snapshot > 100) {
      throw new IllegalArgumentException("planned faults exceed 100 percent");
    }
  }
}
