"""Reads Huawei's two BSS SDKs: the international one whole, the China one for what it adds.

A client has a class method `_<operation>_http_info` that sorts a request into path, query, headers and body. We hand
it a request whose attributes hold their own names and see where each one goes.
"""

import ast
import inspect
import textwrap
from importlib import import_module
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any, Final, NamedTuple

from openpartner.apikit.inventory import DeclaredOperation, Field, Inventory, Place
from tools.inventory_facts import Facts, VendorFacts, check_complete, operation_facts, vendor_facts

TYPES: Final = {
    "str": "string",
    "int": "integer",
    "float": "float",
    "bool": "boolean",
    "decimal.Decimal": "decimal",
    "datetime": "datetime",
    "object": "object",
}
SUFFIX: Final = "_http_info"


class Sdk(NamedTuple):
    """One installed package: its client class, its models, and the regions it can call."""

    package: str
    client: Any
    models: Any
    regions: list[str]

    @classmethod
    def of(cls, product: str) -> "Sdk":
        package = f"huaweicloudsdk{product}"
        client = import_module(f"{package}.v2.{product}_client")
        region = import_module(f"{package}.v2.region.{product}_region")
        return cls(
            package,
            getattr(client, f"{product.capitalize()}Client"),
            import_module(f"{package}.v2.model"),
            sorted(getattr(region, f"{product.capitalize()}Region").static_fields),
        )

    def operations(self) -> dict[str, str]:
        """Name of each operation, as in ListSubCustomers, and the method that describes its call."""
        methods = [name for name in dir(self.client) if name.endswith(SUFFIX)]
        return {"".join(word.capitalize() for word in name[1 : -len(SUFFIX)].split("_")): name for name in methods}

    def fields(self, model: str) -> list[Field]:
        """Members of a model in the SDK's order, under their wire names."""
        found = getattr(self.models, model)
        mandatory = constructor_arguments_always_set(found)
        return [
            Field(name=found.attribute_map[attribute], type=wire_type(declared), required=attribute in mandatory)
            for attribute, declared in found.openapi_types.items()
        ]


def wire_type(declared: str) -> str:
    """Our word for a type of the SDK; structures keep their name."""
    if declared.startswith("list["):
        return f"list<{wire_type(declared[5:-1])}>"
    return TYPES.get(declared, declared)


def element_type(type_: str) -> str:
    return type_[5:-1] if type_.startswith("list<") else type_


def constructor_arguments_always_set(model: Any) -> set[str]:  # noqa: ANN401 - the SDK carries no types
    """Attributes that `__init__` sets without asking whether they are None, the SDK's way to say mandatory."""
    constructor = ast.parse(textwrap.dedent(inspect.getsource(model.__init__))).body[0]
    assert isinstance(constructor, ast.FunctionDef)
    return {
        statement.value.id
        for statement in constructor.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Name)
    }


def described_call(sdk: Sdk, name: str, method: str) -> dict[str, Any]:
    """What the client would send for a request whose attributes hold their own names."""
    request = getattr(sdk.models, f"{name}Request")
    probe = SimpleNamespace(attribute_map=request.attribute_map)
    for attribute in request.attribute_map:
        setattr(probe, attribute, attribute)
    call: dict[str, Any] = getattr(sdk.client, method)(probe)
    assert call["response_type"] == f"{name}Response", call["response_type"]
    return call


def request_fields(sdk: Sdk, name: str, call: dict[str, Any]) -> list[Field]:
    """Every parameter of a call: of its path, its query, its headers, then the members of its body."""
    request = getattr(sdk.models, f"{name}Request")
    mandatory = constructor_arguments_always_set(request)
    # The path of ListInvoices has {domain_id} and the request no attribute for it: the credentials fill it in.
    in_path = [part[1:-1] for part in call["resource_path"].split("/") if part.startswith("{")]
    found = [Field(name=wire, place="path", type="string", required=True) for wire in in_path]
    pairs: list[tuple[Place, str, str]] = [("query", wire, sent) for wire, sent in call["query_params"]]
    pairs += [("header", wire, sent) for wire, sent in call["header_params"].items() if sent in request.attribute_map]
    for place, wire, attribute in pairs:
        type_ = wire_type(request.openapi_types[attribute])
        found.append(Field(name=wire, place=place, type=type_, required=attribute in mandatory))
    if "body" in request.openapi_types:
        found += [
            Field(name=field.name, place="body", type=field.type, required=field.required)
            for field in sdk.fields(request.openapi_types["body"])
        ]
    sent_somewhere = {*call["path_params"], *(field.name for field in found)}
    assert sent_somewhere == {field.name for field in found}, (name, sent_somewhere)
    return found


def structures(sdk: Sdk, operations: list[DeclaredOperation]) -> dict[str, tuple[Field, ...]]:
    """Every structure that the operations reach, directly or through another structure."""
    reached: dict[str, tuple[Field, ...]] = {}
    waiting = [field.type for operation in operations for field in (*operation.request, *operation.response)]
    while waiting:
        name = element_type(waiting.pop())
        if name in reached or name in TYPES.values():
            continue
        reached[name] = tuple(sdk.fields(name))
        waiting += [field.type for field in reached[name]]
    return dict(sorted(reached.items()))


def declared_operation(
    sdk: Sdk, name: str, method: str, facts: Facts, vendor: VendorFacts, sites: list[str]
) -> DeclaredOperation:
    call = described_call(sdk, name, method)
    per_second = facts.per_second or vendor.per_second
    assert per_second is not None
    return DeclaredOperation(
        name=name,
        method=call["method"],
        path=call["resource_path"],
        sites=tuple(sorted(sites)),
        kinds=vendor.kinds(facts.caller),
        per_second=per_second,
        writes=facts.writes,
        docs=facts.docs,
        request=tuple(request_fields(sdk, name, call)),
        response=tuple(sdk.fields(f"{name}Response")),
    )


def inventory(product: str, leaving_out: frozenset[str], also_in: frozenset[str]) -> Inventory:
    """Operations of one SDK without `leaving_out`; those in `also_in` are offered by the China site too."""
    sdk, vendor, facts = Sdk.of(product), vendor_facts("huawei"), operation_facts(f"huawei_{product}")
    methods = {name: method for name, method in sdk.operations().items() if name not in leaving_out}
    check_complete(f"huawei_{product}", set(methods), set(facts))
    own_sites = [vendor.sites[region] for region in sdk.regions]
    operations = [
        declared_operation(sdk, name, method, facts[name], vendor, [*own_sites, *(["cn"] if name in also_in else [])])
        for name, method in sorted(methods.items())
    ]
    return Inventory(
        vendor="huawei",
        product=product,
        source=f"{sdk.package} {version(sdk.package)}",
        operations=tuple(operations),
        structures=structures(sdk, operations),
    )


def inventories() -> dict[str, Inventory]:
    """Both products of Huawei, by the name of their file."""
    international, china = frozenset(Sdk.of("bssintl").operations()), frozenset(Sdk.of("bss").operations())
    return {
        "huawei_bssintl": inventory("bssintl", leaving_out=frozenset(), also_in=china),
        "huawei_bss": inventory("bss", leaving_out=international, also_in=frozenset()),
    }
