import type {
  ContractFuture,
  IgnitionModuleBuilder,
  ModuleParameterRuntimeValue,
  NamedArtifactContractDeploymentFuture,
} from "@nomicfoundation/ignition-core";
import {
  ADMIN_ROLE,
  GOVERNANCE_ROLE,
  GUARDIAN_ROLE,
  governanceSelectors,
  guardianSelectors,
} from "./governance.ts";

/** What differs between a real chain and the development chain. */
export interface SystemParts {
  readonly token: ContractFuture<string>;
  readonly verifier: ContractFuture<string> | ModuleParameterRuntimeValue<string>;
  readonly guardian: ModuleParameterRuntimeValue<string>;
  readonly governance: ModuleParameterRuntimeValue<string>;
}

/** The contracts every deployment ends with. */
export interface System {
  readonly authority: NamedArtifactContractDeploymentFuture<string>;
  readonly burner: NamedArtifactContractDeploymentFuture<string>;
  readonly hub: NamedArtifactContractDeploymentFuture<string>;
}

/**
 * Deploys burner, authority and Hub, gives guardian and governance their roles, and takes the deployer's away.
 * Module parameters: `images` (array of `{image, kind}`), `pendingPeriod` and `governanceDelay` in seconds.
 */
export function deploySystem(m: IgnitionModuleBuilder, parts: SystemParts): System {
  const authority = m.contract("AccessManager", [m.getAccount(0)], { after: [parts.token] });
  const burner = m.contract("Burner", [parts.token], { after: [authority] });
  const config = {
    authority,
    verifier: parts.verifier,
    pendingPeriod: m.getParameter("pendingPeriod", 86_400),
  };
  const images = m.getParameter("images");
  const hub = m.contract("OpenContractsHub", [parts.token, burner, config, images]);
  handOver(m, { authority, hub, parts });
  return { authority, burner, hub };
}

interface HandOver {
  readonly authority: NamedArtifactContractDeploymentFuture<string>;
  readonly hub: NamedArtifactContractDeploymentFuture<string>;
  readonly parts: SystemParts;
}

/** One call after the other, so that addresses and nonces are the same in every run; the renunciation comes last. */
function handOver(m: IgnitionModuleBuilder, { authority, hub, parts }: HandOver): void {
  const delay = m.getParameter("governanceDelay", 172_800);
  const roles = m.call(authority, "setTargetFunctionRole", [hub, guardianSelectors, GUARDIAN_ROLE], {
    id: "guardianFunctions",
  });
  const governed = m.call(authority, "setTargetFunctionRole", [hub, governanceSelectors, GOVERNANCE_ROLE], {
    id: "governanceFunctions",
    after: [roles],
  });
  const vetoed = m.call(authority, "setRoleGuardian", [GOVERNANCE_ROLE, GUARDIAN_ROLE], {
    id: "governanceVeto",
    after: [governed],
  });
  const guarded = m.call(authority, "grantRole", [GUARDIAN_ROLE, parts.guardian, 0], {
    id: "grantGuardian",
    after: [vetoed],
  });
  const granted = m.call(authority, "grantRole", [GOVERNANCE_ROLE, parts.governance, delay], {
    id: "grantGovernance",
    after: [guarded],
  });
  const administered = m.call(authority, "grantRole", [ADMIN_ROLE, parts.governance, delay], {
    id: "grantAdmin",
    after: [granted],
  });
  m.call(authority, "renounceRole", [ADMIN_ROLE, m.getAccount(0)], {
    id: "renounceAdmin",
    after: [administered],
  });
}
