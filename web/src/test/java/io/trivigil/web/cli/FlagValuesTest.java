package io.trivigil.web.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.node.StoreOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlagValuesTest {
  private static FlagValues parse(String... arguments) {
    return FlagValues.parse(ServerFlags.all(), List.of(arguments));
  }

  @Test
  void flagsAreWrittenAsKingpinTakesThem() {
    FlagValues flags =
        parse(
            "--config.file=a.yml",
            "--storage.tsdb.path",
            "d",
            "--web.enable-lifecycle",
            "--no-web.enable-admin-api",
            "--web.listen-address=:1",
            "--web.listen-address=:2",
            "--enable-feature=a,b",
            "--data.retention=120h");
    assertThat(flags.text("config.file")).isEqualTo("a.yml");
    assertThat(flags.text("storage.tsdb.path")).isEqualTo("d");
    assertThat(flags.isOn("web.enable-lifecycle")).isTrue();
    assertThat(flags.isOn("web.enable-admin-api")).isFalse();
    assertThat(flags.list("web.listen-address")).containsExactly(":1", ":2");
    assertThat(flags.list("enable-feature")).containsExactly("a", "b");
    assertThat(flags.duration("data.retention")).isEqualTo(Duration.ofDays(5));
    assertThat(flags.integer("query.max-concurrency")).isEqualTo(20);
  }

  @Test
  void seriesThatAreGoneAreRetiredByDefault() {
    Duration shipped = parse().duration("storage.retire-after");
    assertThat(shipped)
        .isEqualTo(Duration.ofHours(2))
        .isEqualTo(StoreOptions.DEFAULT.retireAfter());
    assertThat(parse("--storage.retire-after=0").duration("storage.retire-after")).isZero();
  }

  @Test
  void theMemoryBudgetMustHoldTheLogsCacheAndMore() {
    assertThat(ServerSettings.store(parse()).memoryBytes())
        .isEqualTo(StoreOptions.DEFAULT.memoryBytes());
    assertThatThrownBy(() -> ServerSettings.store(parse("--storage.memory-budget=20MB")))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--storage.memory-budget is too small: expected at least ")
        .hasMessageEndingWith(" bytes, got 20971520");
  }

  @Test
  void aUnitFileOfPrometheusLoads() {
    FlagValues flags =
        parse(
            "--web.console.templates=/etc/prometheus/consoles",
            "--web.console.libraries=/etc/prometheus/console_libraries",
            "--storage.tsdb.wal-compression",
            "--no-scrape.adjust-timestamps",
            "--storage.tsdb.min-block-duration=2h",
            "--cluster.listen-address=");
    assertThat(flags.given(Flag.Fate.IGNORED)).hasSize(6);
  }

  @Test
  void whatNothingActsUponYetIsNamed() {
    FlagValues flags = parse("--web.read-timeout=10m", "--query.timeout=1m");
    assertThat(flags.given(Flag.Fate.LATER)).containsExactly("web.read-timeout");
    assertThatThrownBy(() -> parse("--alerting.external"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("built-in");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--nope",
        "word",
        "--config.file",
        "--agent",
        "--no-config.file",
        "--web.enable-lifecycle=maybe"
      })
  void whatIsNotUnderstoodIsSaid(String argument) {
    assertThatThrownBy(() -> parse(argument)).isInstanceOf(UsageException.class);
  }
}
