package io.trivigil.web.warmup;

import java.time.Duration;

/// How much a node may practise.
///
/// @param cpu processor time of the whole process that it may take, compilers included; zero for
///   none at all; default 8 s
/// @param time how long after the node was ready it may still go on; default 10 min
/// @param slice what one question gets in each round, elapsed; default 10 ms
/// @param look how long the node sits still after a round at least, and less than twice as long at
///   most, until it looks how busy it is; doubles while it or its machine is; default 50 ms
/// @param longestLook default 2 s
/// @param busyCores used processors from which on the node counts as busy; default 0.5
/// @param othersShare the share of the machine's processors in use by others from which on the
///   machine counts as busy; from 1 on it never does; default a third
/// @param late so much later than it wanted to the node wakes where the machine has no time for it;
///   default 20 ms
/// @param quiet how long nobody must have asked anything; default 500 ms
/// @param compiling the share of a round's processor time from which on the compilers count as
///   having something to do; default 0.1
/// @param idleRounds so many rounds in a row without that end it; default 3
public record WarmUpLimits(
    Duration cpu,
    Duration time,
    Duration slice,
    Duration look,
    Duration longestLook,
    double busyCores,
    double othersShare,
    Duration late,
    Duration quiet,
    double compiling,
    int idleRounds) {

  /// The default.
  public static final WarmUpLimits DEFAULT =
      new WarmUpLimits(
          Duration.ofSeconds(8),
          Duration.ofMinutes(10),
          Duration.ofMillis(10),
          Duration.ofMillis(50),
          Duration.ofSeconds(2),
          0.5,
          1.0 / 3,
          Duration.ofMillis(20),
          Duration.ofMillis(500),
          0.1,
          3);

  public WarmUpLimits {
    if (cpu.isNegative()) {
      throw new IllegalArgumentException("warm-up can not take less than nothing: cpu=" + cpu);
    }
    if (!(othersShare > 0)) {
      throw new IllegalArgumentException(
          "warm-up can not wait until others use less than nothing: others_share=" + othersShare);
    }
    if (!look.isPositive() || longestLook.compareTo(look) < 0 || idleRounds < 1) {
      throw new IllegalArgumentException(
          "warm-up has to look: look=%s longest_look=%s idle_rounds=%d"
              .formatted(look, longestLook, idleRounds));
    }
  }

  /// These with another processor time.
  public WarmUpLimits withCpu(Duration other) {
    return new WarmUpLimits(
        other,
        time,
        slice,
        look,
        longestLook,
        busyCores,
        othersShare,
        late,
        quiet,
        compiling,
        idleRounds);
  }

  /// These with another share of the machine's processors for others.
  public WarmUpLimits withOthersShare(double other) {
    return new WarmUpLimits(
        cpu, time, slice, look, longestLook, busyCores, other, late, quiet, compiling, idleRounds);
  }
}
