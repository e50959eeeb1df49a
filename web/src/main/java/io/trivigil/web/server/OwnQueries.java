package io.trivigil.web.server;

import io.trivigil.promql.Querier;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.host.MachineLoad;
import io.trivigil.web.host.ProcessGauges;
import io.trivigil.web.http.Practice;
import io.trivigil.web.prometheus.QueryRunner;
import io.trivigil.web.warmup.WarmUp;
import java.time.InstantSource;
import java.util.function.Function;

/// A node and its HTTP as the warm-up of its queries sees them. Thread-safe.
///
/// @param port the port of the first listener
record OwnQueries(
    Backend backend,
    QueryRunner runner,
    NodeServer.Settings settings,
    int port,
    Practice practice,
    InstantSource clock)
    implements WarmUp.Surroundings {

  @Override
  public boolean ready() {
    return backend.ready();
  }

  @Override
  public long clientQueries() {
    return runner.clientQueries();
  }

  @Override
  public boolean clientsWait() {
    return runner.clientsWait();
  }

  @Override
  public long cpuNanos() {
    return ProcessGauges.cpuTime().toNanos();
  }

  @Override
  public long machineNanos() {
    return MachineLoad.now().map(load -> load.cpu().toNanos()).orElseGet(this::cpuNanos);
  }

  @Override
  public int processors() {
    return MachineLoad.now()
        .map(MachineLoad::processors)
        .orElseGet(Runtime.getRuntime()::availableProcessors);
  }

  @Override
  public long compilerNanos() {
    return ProcessGauges.compilerTime().toNanos();
  }

  @Override
  public <T> T read(Function<Querier, T> reader) throws InterruptedException {
    return runner.read(reader);
  }

  @Override
  public long nowMs() {
    return clock.millis();
  }

  @Override
  public String host() {
    return settings.listeners().getFirst().host();
  }

  @Override
  public String prefix() {
    return settings.web().routePrefix();
  }
}
