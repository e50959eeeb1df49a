package io.trivigil.rules.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.PromDuration;
import io.trivigil.rules.Stories;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The life of one alert: told in stories, and held against its invariants for many seeds.
class AlertStateTest {
  @TestFactory
  List<DynamicTest> stories() {
    return Stories.play("alert", AlertStateTest::play);
  }

  private static List<String> play(List<String> lines) {
    List<String> played = new ArrayList<>();
    AlertTiming timing = new AlertTiming(0, 0);
    AlertState state = new AlertState.Inactive();
    long beforeMs = 0;
    for (String line : lines) {
      List<String> words = Stories.words(line);
      if (line.startsWith("timing")) {
        Map<String, String> settings = Stories.settings(line);
        timing =
            new AlertTiming(Stories.ms(settings, "for"), Stories.ms(settings, "keep_firing_for"));
      }
      if (words.isEmpty() || line.startsWith("timing")) {
        played.add(line);
        continue;
      }
      long nowMs = PromDuration.parseMs(words.get(0).equals("0m") ? "0" : words.get(0));
      state =
          switch (words.get(1)) {
            case "present" -> state.after(new Evaluation.Present(nowMs), timing);
            case "absent" -> state.after(new Evaluation.Absent(nowMs), timing);
            case "gap" -> state.afterGap(nowMs - beforeMs);
            default -> throw new IllegalArgumentException("unknown word in " + line);
          };
      beforeMs = nowMs;
      played.add(
          Stories.line(line, "%-4s %-8s %s".formatted(words.get(0), words.get(1), state.shown())));
    }
    return played;
  }

  @Test
  void invariantsHoldForEverySequence() {
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      AlertTiming timing =
          new AlertTiming(random.nextInt(5) * 60_000L, random.nextInt(5) * 60_000L);
      AlertState state = new AlertState.Inactive();
      long presentSinceMs = -1;
      long absentSinceMs = -1;
      for (long now = 60_000; now < 100 * 60_000L; now += 60_000) {
        boolean present = random.nextInt(4) > 0;
        AlertState before = state;
        state =
            state.after(present ? new Evaluation.Present(now) : new Evaluation.Absent(now), timing);
        presentSinceMs = present ? (presentSinceMs < 0 ? now : presentSinceMs) : -1;
        absentSinceMs = present ? -1 : absentSinceMs < 0 ? now : absentSinceMs;
        String where = "seed=" + seed + " now=" + now + " " + before + " -> " + state;
        if (state instanceof AlertState.Firing(long activeMs, long firedMs)) {
          assertThat(firedMs - activeMs).as(where).isGreaterThanOrEqualTo(timing.forMs());
          assertThat(present).as(where).isTrue();
        }
        if (state instanceof AlertState.Pending(long activeMs)) {
          assertThat(activeMs).as(where).isEqualTo(presentSinceMs);
          assertThat(now - activeMs).as(where).isLessThan(timing.forMs());
        }
        if (state instanceof AlertState.Lingering(AlertState.Firing _, long quietMs)) {
          assertThat(quietMs).as(where).isEqualTo(absentSinceMs);
          assertThat(now - quietMs).as(where).isLessThan(timing.keepFiringForMs());
        }
        if (before.isActive() && state.isActive()) {
          assertThat(state.activeMs()).as(where).isEqualTo(before.activeMs());
        }
        if (present) {
          assertThat(state.isActive()).as(where).isTrue();
        }
        if (before instanceof AlertState.Pending && !present) {
          assertThat(state).as(where).isInstanceOf(AlertState.Inactive.class);
        }
      }
    }
  }

  @Test
  void sendingFollowsTheResendDelay() {
    AlertState.Firing firing = new AlertState.Firing(1_000, 2_000);
    Alert never = new Alert(Labels.of("a", "b"), Labels.EMPTY, 1, firing, 0);
    assertThat(never.isDue(2_000, 60_000)).isTrue();
    Alert sent = never.sent(2_000);
    assertThat(sent.isDue(62_000, 60_000)).isFalse();
    assertThat(sent.isDue(62_001, 60_000)).isTrue();
    Alert resolved = sent.in(new AlertState.Resolved(firing, 3_000));
    assertThat(resolved.isDue(3_000, 60_000)).isTrue();
    assertThat(resolved.sent(3_000).isDue(4_000, 60_000)).isFalse();
    assertThat(resolved.sent(3_000).isDue(99_000, 60_000)).as("an end is told once").isFalse();
    assertThat(never.in(new AlertState.Pending(1_000)).isDue(99_000, 60_000)).isFalse();
  }
}
