package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.config.version.ConfigVersion;
import io.trivigil.config.version.FeatureLevel;
import io.trivigil.config.version.MemberReport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConfigsTest {
  private static final String A = "global: {scrape_interval: 10s}\n";
  private static final String B = "global: {scrape_interval: 20s}\n";
  private static final String BAD = "global: {scrape_interval: bad}\n";
  private static final List<byte[]> NO_KEY = List.of();

  private final FakeMembers members = new FakeMembers();

  @AfterEach
  void stop() {
    members.close();
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  private FakeMembers.Member start(String id, String text) throws Exception {
    return members.start(id, text, ConfigOptions.DEFAULT, NO_KEY);
  }

  private static ConfigVersion newest(FakeMembers.Member member) {
    return member.machine.view().newest().orElseThrow();
  }

  private static void awaitVersion(FakeMembers.Member member, long number) {
    await(
        member.id + " has version " + number,
        () -> member.configs.active().map(LoadedConfig::number).orElse(0L) == number);
  }

  private static Configs.Reload get(CompletableFuture<Configs.Reload> of) throws Exception {
    return of.get(60, TimeUnit.SECONDS);
  }

  @Test
  void followerReloadsAndAuthorAndTimeAreKept() throws Exception {
    FakeMembers.Member n1 = start("n1", A);
    FakeMembers.Member n2 = start("n2", A);
    FakeMembers.Member n3 = start("n3", A);
    awaitVersion(n3, 1);
    assertThat(newest(n1).author()).isEqualTo("start of n1");
    n2.write(B);
    assertThat(get(n2.configs.reload("SIGHUP on n2"))).isEqualTo(new Configs.Reload.Done(2, true));
    awaitVersion(n1, 2);
    assertThat(newest(n3).author()).isEqualTo("SIGHUP on n2");
    assertThat(newest(n3).proposedMs()).isPositive();
    await("drift", () -> n1.configs.status().drifting().equals(List.of("n1", "n3")));
    await(
        "drifting file named",
        () -> report(n1, "n3").map(r -> r.driftFiles().contains("prometheus.yml")).orElse(false));
    await(
        "drift measured",
        () ->
            n1.metrics.expose().contains("trivigil_config_drift{node=\"n3\"} 1")
                && n1.metrics.expose().contains("trivigil_config_drift{node=\"n2\"} 0"));
    assertThat(get(n2.configs.reload("again"))).isEqualTo(new Configs.Reload.Done(2, false));
  }

  @Test
  void aReloadIsNotUndoneByAnOlderReportStillOnItsWay() throws Exception {
    FakeMembers.Member n1 = start("n1", A);
    FakeMembers.Member n2 = start("n2", A);
    FakeMembers.Member n3 = start("n3", A);
    awaitVersion(n3, 1);
    await("all offer A", () -> newest(n1).number() == 1 && offering(n1, newest(n1).hash()) == 3);
    CompletableFuture<Void> arrival = n2.holdBack();
    n2.configs.reportClock(7, "n1");
    n2.write(B);
    CompletableFuture<Configs.Reload> reload = n2.configs.reload("SIGHUP on n2");
    await(
        "files read",
        () -> !n2.configs.localFiles().orElseThrow().hash().equals(newest(n1).hash()));
    arrival.complete(null);
    assertThat(get(reload)).isEqualTo(new Configs.Reload.Done(2, true));
    await("clock arrived", () -> report(n1, "n2").map(r -> r.clockOffsetMs() == 7).orElse(false));
    awaitVersion(n1, 2);
    awaitVersion(n3, 2);
    n1.configs.lead(1); // it looks once more what all members offer
    assertThat(get(n3.configs.rollBack(9, "nobody"))).isInstanceOf(Configs.Reload.Invalid.class);
    assertThat(newest(n1).number()).isEqualTo(2);
    assertThat(newest(n1).author()).isEqualTo("SIGHUP on n2");
  }

  @Test
  void aReloadSucceedsWhereTheLeaderAdoptsTheSameFilesFirst() throws Exception {
    FakeMembers.Member n1 = start("n1", A);
    start("n2", A);
    FakeMembers.Member n3 = start("n3", A);
    awaitVersion(n3, 1);
    await("all offer A", () -> offering(n1, newest(n1).hash()) == 3);
    long number = 1;
    for (int i = 0; i < 20; i++) {
      n3.write(i % 2 == 0 ? B : A); // back at A all offer the same again
      assertThat(get(n3.configs.reload("again")))
          .isIn(new Configs.Reload.Done(++number, true), new Configs.Reload.Done(number, false));
    }
  }

  private static long offering(FakeMembers.Member at, String hash) {
    return at.machine.view().reports().values().stream()
        .filter(report -> report.offered().equals(hash))
        .count();
  }

  private static Optional<MemberReport> report(FakeMembers.Member at, String of) {
    return Optional.ofNullable(at.machine.view().reports().get(of));
  }

  @Test
  void badFilesChangeNothingAndSaySo() throws Exception {
    FakeMembers.Member n1 = start("n1", A);
    awaitVersion(n1, 1);
    assertThat(n1.metrics.expose())
        .contains("prometheus_config_last_reload_successful 1", "alertmanager_config_last_reload");
    n1.write(BAD);
    assertThat(get(n1.configs.reload("SIGHUP on n1")))
        .isInstanceOfSatisfying(
            Configs.Reload.Invalid.class,
            invalid -> assertThat(invalid.problems()).contains("prometheus.yml:1:"));
    assertThat(n1.metrics.expose())
        .contains(
            "prometheus_config_last_reload_successful 0",
            "alertmanager_config_last_reload_successful 0");
    assertThat(n1.configs.usable()).isTrue();
    assertThat(newest(n1).number()).isEqualTo(1);
    n1.write(A);
    assertThat(get(n1.configs.reload("SIGHUP on n1"))).isEqualTo(new Configs.Reload.Done(1, false));
    assertThat(n1.metrics.expose()).contains("prometheus_config_last_reload_successful 1");
  }

  @Test
  void whatWasRolledBackFromIsNotAdoptedAgainUnasked() throws Exception {
    start("n1", A);
    start("n2", A);
    awaitVersion(start("n3", A), 1);
    for (String id : List.of("n1", "n2", "n3")) {
      start(id, B);
    }
    FakeMembers.Member n1 = start("n1", B);
    awaitVersion(n1, 2);
    assertThat(newest(n1).author()).isEqualTo("restart of all members");
    await("level", () -> n1.machine.view().has(FeatureLevel.NEWEST));
    assertThat(get(n1.configs.rollBack(1, "HTTP on n1")))
        .isEqualTo(new Configs.Reload.Done(3, true));
    awaitVersion(n1, 3);
    // All members still have B on their disks, and say so; even restarts change nothing.
    for (String id : List.of("n2", "n3", "n1")) {
      start(id, B);
    }
    FakeMembers.Member again = start("n1", B);
    awaitVersion(again, 3);
    await("drift", () -> again.configs.status().drifting().size() == 3);
    assertThat(newest(again).rolledBackTo()).isEqualTo(1);
    assertThat(get(again.configs.rollBack(99, "x"))).isInstanceOf(Configs.Reload.Invalid.class);
    assertThat(get(again.configs.reload("SIGHUP on n1")))
        .isEqualTo(new Configs.Reload.Done(4, true));
    awaitVersion(again, 4);
  }

  @Test
  void levelRisesOnceAllMembersKnowIt() throws Exception {
    ConfigOptions old = new ConfigOptions(List.of(), Optional.empty(), 1, "");
    FakeMembers.Member n1 = start("n1", A);
    start("n2", A);
    FakeMembers.Member n3 = members.start("n3", A, old, NO_KEY);
    awaitVersion(n3, 1);
    await("reports", () -> n1.machine.view().reports().size() == 3);
    assertThat(get(n1.configs.rollBack(1, "x"))).isInstanceOf(Configs.Reload.Unavailable.class);
    assertThat(n1.machine.view().featureLevel()).isEqualTo(1);
    assertThat(n1.machine.view().reports().get("n2"))
        .isNotNull()
        .extracting(MemberReport::featureLevel)
        .isEqualTo(FeatureLevel.NEWEST.number());
    start("n3", A);
    await("level", () -> n1.machine.view().has(FeatureLevel.NEWEST));
    await("full reports", () -> report(n1, "n2").map(r -> r.startedMs() > 0).orElse(false));
  }

  @Test
  void nodeWithoutTheKeySaysSoAndIsNotUsableAndMovesOn() throws Exception {
    List<byte[]> key = List.of(new byte[] {1});
    FakeMembers.Member n2 = members.start("n2", A, ConfigOptions.DEFAULT, key);
    FakeMembers.Member n1 = members.start("n1", A, ConfigOptions.DEFAULT, key);
    awaitVersion(n2, 1);
    FakeMembers.Member wrong =
        members.start("n3", B, ConfigOptions.DEFAULT, List.of(new byte[] {2}));
    wrong.machine.restore(n1.machine.sections());
    wrong.configs.wake();
    await("unusable", () -> wrong.configs.unusable().contains("--cluster.key-file"));
    assertThat(wrong.configs.usable()).isFalse();
    assertThat(get(wrong.configs.reload("SIGHUP on n3")))
        .isInstanceOf(Configs.Reload.Invalid.class);
    assertThat(newest(n1).number()).isEqualTo(1);
    // The same as a leader: it watches nothing, so it hands over.
    FakeMembers.Member leader = members.start("n1", A, ConfigOptions.DEFAULT, NO_KEY);
    await("handed over", () -> members.handedTo().contains("n1->"));
    assertThat(leader.configs.unusable()).contains("sealed");
    // Both keys: the rotation.
    FakeMembers.Member both =
        members.start("n1", A, ConfigOptions.DEFAULT, List.of(new byte[] {2}, new byte[] {1}));
    awaitVersion(both, 1);
    assertThat(both.configs.usable()).isTrue();
  }

  @Test
  void filesAreWatchedAndReloadedOnceForEachChange() throws Exception {
    ConfigOptions watching =
        new ConfigOptions(List.of(), Optional.of(Duration.ofMillis(20)), 2, "");
    FakeMembers.Member n1 = start("n1", A);
    start("n3", A);
    FakeMembers.Member n2 = members.start("n2", A, watching, NO_KEY);
    awaitVersion(n2, 1);
    n2.write(B);
    awaitVersion(n2, 2);
    assertThat(newest(n2).author()).isEqualTo("file watch on n2");
    n2.write(BAD);
    await(
        "refused",
        () -> n2.metrics.expose().contains("prometheus_config_last_reload_successful 0"));
    await("level 2", () -> n1.machine.view().featureLevel() == 2);
    n2.write(B);
    await(
        "well again",
        () -> n2.metrics.expose().contains("prometheus_config_last_reload_successful 1"));
    assertThat(get(n1.configs.rollBack(1, "HTTP on n1")))
        .isEqualTo(new Configs.Reload.Done(3, true));
    await("drift", () -> n1.configs.status().drifting().contains("n2"));
    assertThat(newest(n1).number()).as("the watch saw no change").isEqualTo(3);
  }
}
