"""Bazel's built-in ProtoLangToolchainInfo under protobuf's label."""

ProtoLangToolchainInfo = proto_common_do_not_use.ProtoLangToolchainInfo
