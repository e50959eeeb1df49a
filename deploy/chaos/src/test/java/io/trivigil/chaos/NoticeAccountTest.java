package io.trivigil.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.lab.Stalls;
import io.trivigil.lab.Wait;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoticeAccountTest {
  private static final String N1 = "10.77.0.11";
  private static final String N2 = "10.77.0.12";

  private final long nowMs = Wait.nowMs();
  private final Alarms.Alarm alarm = new Alarms.Alarm("a1", nowMs, 1_000);
  private final Stalls stalls = new Stalls();
  private Journal journal = new Journal(Path.of("/dev/null"));

  @BeforeEach
  void openJournal(@TempDir Path directory) {
    journal = new Journal(directory.resolve("journal.txt"));
  }

  private void deliver(String receiver, String key, int hash, String sender, long afterMs) {
    alarm.add(
        new Delivery(
            receiver, "a1", true, key, hash, sender, nowMs + afterMs, Delivery.Answer.TAKEN));
  }

  private NoticeAccount account() {
    return account(2_000);
  }

  private NoticeAccount account(long failoverMs) {
    NoticeAccount account =
        new NoticeAccount(journal, List.of(), failoverMs, stalls, (_, _, _) -> "its way");
    account.count(List.of(alarm));
    return account;
  }

  private void tellAll() {
    for (String receiver : Alarms.RECEIVERS) {
      deliver(receiver, receiver, 1, N1, 3_000);
    }
  }

  @Test
  void onceToEachIsRight() {
    tellAll();
    NoticeAccount account = account();
    assertThat(account.delivered).isEqualTo(3);
    assertThat(account.missing + account.doubledOutside + account.changed + account.early).isZero();
    assertThat(journal.violations()).isEmpty();
  }

  @Test
  void whatNobodyGotIsMissing() {
    deliver("steady", "k", 1, N1, 3_000);
    assertThat(account().missing).isEqualTo(2);
  }

  @Test
  void againForNoReasonIsOutside() {
    tellAll();
    deliver("steady", "steady", 1, N1, 4_000);
    assertThat(account().doubledOutside).isEqualTo(1);
  }

  @Test
  void againBySuccessorIsInsideWithTheSameIdOnly() {
    tellAll();
    deliver("steady", "steady", 1, N2, 4_000);
    deliver("mail", "other", 1, N2, 4_000);
    NoticeAccount account = account();
    assertThat(account.doubledInside).isEqualTo(1);
    assertThat(account.doubledOutside).isEqualTo(1);
  }

  @Test
  void otherBytesUnderTheSameIdAreSeen() {
    tellAll();
    deliver("steady", "steady", 2, N2, 4_000);
    assertThat(account().changed).isEqualTo(1);
  }

  /// After 9 s all that a firing alert waits for is over: a scrape, two evaluations, `for`, the
  /// group's wait (7 s), and the margin of an undisturbed run is not.
  private void tellAllLate() {
    for (String receiver : Alarms.RECEIVERS) {
      deliver(receiver, receiver, 1, N1, 9_500);
    }
  }

  @Test
  void lateWithoutAFaultIsLateAndItsWayIsTold() {
    tellAllLate();
    NoticeAccount account = account();
    assertThat(account.late).isEqualTo(3);
    assertThat(account.undisturbedMs).containsExactly(9_500L, 9_500L, 9_500L);
    assertThat(journal.violations()).allMatch(wrong -> wrong.what().endsWith("its way"));
  }

  @Test
  void aSlowerMachineIsGivenTheTimeOfItsFailover() {
    tellAllLate();
    assertThat(account(5_000).late).isZero();
  }

  @Test
  void whatTheMachineDidForOthersIsNobodysDelay() {
    tellAllLate();
    stalls.add(nowMs + 4_000, 400);
    assertThat(account().late).isEqualTo(3);
    stalls.add(nowMs + 5_000, 100);
    NoticeAccount account = account();
    assertThat(account.late).isZero();
    assertThat(account.latenciesMs).as("it is told all the same").contains(9_500L);
  }

  @Test
  void aFaultBesideTheEventIsAllowedFor() {
    tellAllLate();
    journal.end(journal.begin("kill the leader", "n1"));
    NoticeAccount account = account();
    assertThat(account.late).isZero();
    assertThat(account.undisturbedMs).isEmpty();
  }

  @Test
  void beforeItWasRaisedIsEarly() {
    tellAll();
    deliver("steady", "k", 1, N1, -1);
    assertThat(account().early).isZero(); // the second of two
    alarm.lower(nowMs + 20_000);
    alarm.add(new Delivery("mail", "a1", false, "k", 1, N1, nowMs + 10_000, Delivery.Answer.TAKEN));
    assertThat(account().early).isEqualTo(1);
  }
}
