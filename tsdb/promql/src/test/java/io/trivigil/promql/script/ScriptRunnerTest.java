package io.trivigil.promql.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// Stories of our own, where the conformance scripts are silent; and a runner that can fail.
class ScriptRunnerTest {

  private static void passes(String script) {
    ScriptRunner.Report report = ScriptRunner.standard().run(script);
    assertThat(report.failures()).isEmpty();
    assertThat(report.evaluations()).isPositive();
  }

  @Test
  void anchoredAndSmoothedLookBeyondTheirBorders() {
    passes(
        """
        load 15s
          metric 1+1x4 9+1x4

        eval instant at 5s increase(metric[1m] anchored)
          {} 0

        eval instant at 80s increase(metric[1m] anchored)
          {} 7

        eval instant at 65s increase(metric[1m] smoothed)
          {} 5

        eval instant at 125s increase(metric[1m] smoothed)
          {} 6

        eval instant at 25s metric smoothed
          metric 2.6666666667

        eval instant at 1m count_over_time(metric[1m] anchored)
          expect fail msg: anchored modifier can only be used with: changes, delta, increase, rate, resets - not with count_over_time
        """);
  }

  @Test
  void infoAddsTheLabelsOfItsTarget() {
    passes(
        """
        load 1m
          m{instance="a",job="j"} 1 2
          m{instance="b",job="j"} 1 2
          target_info{instance="a",job="j",version="1",region="x"} 1 _
          build_info{instance="b",job="j",version="2"} 1 1

        eval instant at 1m info(m)
          m{instance="a",job="j",version="1",region="x"} 2
          m{instance="b",job="j"} 2

        eval instant at 1m info(m, {version=~".+"})
          m{instance="a",job="j",version="1"} 2

        eval instant at 1m info(m, {__name__=~".+_info",version=~".+"})
          m{instance="a",job="j",version="1"} 2
          m{instance="b",job="j",version="2"} 2
        """);
  }

  @Test
  void lengthsOfTimeMayBeComputed() {
    passes(
        """
        load 5m
          m 1 2 3

        eval instant at 10m sum_over_time(m[(5m + 5m) * 1:5m])
          {} 5

        eval instant at 10m m offset (min_of(5m, 10m))
          m 2

        eval range from 5m to 10m step 5m sum_over_time(m[step() + 1s])
          {} 3 5

        eval instant at 10m count_over_time(m[5m - 5m])
          expect fail
        """);
  }

  @Test
  void toBeDroppedNamesStillGroup() {
    passes(
        """
        load 5m
          a_total{env="1"} 0 60 120
          b_total{env="1"} 60 120 180

        eval instant at 10m sum by (__name__) (rate({env="1"}[10m]))
          expect fail msg: vector cannot contain metrics with the same labelset

        eval instant at 10m label_replace(rate({env="1"}[10m]), "__name__", "$1", "__name__", "(.)_.*")
          a{env="1"} 0.2
          b{env="1"} 0.2
        """);
  }

  @Test
  void differencesAreReported() {
    ScriptRunner.Report report =
        ScriptRunner.standard()
            .run(
                """
                load 1m
                  a 1 2

                eval instant at 1m a
                  a 3

                eval instant at 1m a
                  b 2

                eval instant at 1m a
                  expect warn
                  a 2

                eval range from 0 to 1m step 1m a
                  a 1 2 3
                """);
    assertThat(report.passed()).isZero();
    assertThat(report.failures())
        .hasSize(4)
        .first()
        .asString()
        .startsWith("line 4: a: ")
        .contains("expected 3, got 2");
  }

  @Test
  void nonsenseIsRefusedWithItsLine() {
    assertThatThrownBy(() -> ScriptRunner.standard().run("\nfrobnicate"))
        .hasMessage("line 2: unknown command: frobnicate");
    assertThatThrownBy(() -> ScriptRunner.standard().run("load 1m\n  a 1x\n"))
        .hasMessageContaining("bad series value: 1x");
  }
}
