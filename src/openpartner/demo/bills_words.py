"""What the demo's customers use: products of two clouds with their parts, sizes and prices. The prices are made up.

Names stand in the catalogue; here stands only what a made-up bill needs beside them.
"""

from __future__ import annotations

from dataclasses import dataclass

HOURLY, DAILY = "usage-hourly", "usage-daily"
SECOND, HOUR, DAY, NO_TIME = "Second", "Hour", "Day", ""


@dataclass(frozen=True, slots=True)
class Part:
    """What one line measures. Prices are in 10^-8 USD: of a unit and time, and of a unit and prepaid month."""

    type_code: str
    code: str
    price: int
    per: str
    prepaid_price: int
    unit: str
    sizes: tuple[int, int, int]
    """The least, the step and how many steps, in thousandths of the unit."""
    varies: bool = False
    """It is measured anew for each line: traffic, not cores."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product and how often it is met. `prepaid` and `reserved` are shares of a hundred."""

    weight: int
    category: str
    service: str
    code: str
    name: str
    resource: str
    action: str
    prepaid: int
    reserved: int
    parts: tuple[Part, ...]
    resource_type: str = ""


def _cores(type_code: str, code: str, price: int, prepaid: int) -> Part:
    return Part(type_code, code, price, SECOND, prepaid, "Core", (2_000, 2_000, 8))


def _memory(type_code: str, code: str, price: int, prepaid: int) -> Part:
    return Part(type_code, code, price, SECOND, prepaid, "GB", (4_000, 4_000, 16))


def _disk(type_code: str, code: str, price: int, prepaid: int) -> Part:
    return Part(type_code, code, price, SECOND, prepaid, "GB", (50_000, 50_000, 20))


def _traffic(type_code: str, code: str, price: int) -> Part:
    return Part(type_code, code, price, NO_TIME, 0, "GB", (3, 137, 4_000), varies=True)


TENCENT = (
    Product(60, "Compute", "p_cvm", "sp_cvm_s5", "", "ins", HOURLY, 5, 12, (
        _cores("v_cvm_cpu", "sv_cvm_cpu_s5", 583, 960_000_000), _memory("v_cvm_mem", "sv_cvm_mem_s5", 147, 240_000_000),
    )),
    Product(34, "Compute", "p_cvm", "sp_cvm_sa5", "", "ins", HOURLY, 5, 12, (
        _cores("v_cvm_cpu", "sv_cvm_cpu_sa5", 472, 780_000_000),
        _memory("v_cvm_mem", "sv_cvm_mem_sa5", 122, 200_000_000),
    )),
    Product(14, "Compute", "p_cvm", "sp_cvm_m5", "", "ins", HOURLY, 6, 20, (
        _cores("v_cvm_cpu", "sv_cvm_cpu_m5", 639, 1_050_000_000),
        _memory("v_cvm_mem", "sv_cvm_mem_m5", 139, 230_000_000),
    )),
    Product(36, "Storage", "p_cbs", "sp_cbs_premium", "", "disk", HOURLY, 6, 0, (
        _disk("v_cbs_memspace", "sv_cbs_memspace_premium", 3, 7_500_000),
    )),
    Product(18, "Storage", "p_cbs", "sp_cbs_ssd", "", "disk", HOURLY, 6, 0, (
        _disk("v_cbs_memspace", "sv_cbs_memspace_ssd", 6, 15_000_000),
    )),
    Product(22, "Storage", "p_cos", "sp_cos_standard", "", "bucket", DAILY, 0, 0, (
        Part("v_cos_storage", "sv_cos_storage_standard", 79_000, DAY, 0, "GB", (1_250, 1_733, 900), varies=True),
        Part("v_cos_request", "sv_cos_request_standard", 200_000, NO_TIME, 0, "Ten thousand times", (100, 100, 400),
             varies=True),
    )),
    Product(6, "Storage", "p_cos", "sp_cos_ia", "", "bucket", DAILY, 0, 0, (
        Part("v_cos_storage", "sv_cos_storage_ia", 60_000, DAY, 0, "GB", (9_000, 4_211, 700), varies=True),
        Part("v_cos_request", "sv_cos_request_ia", 500_000, NO_TIME, 0, "Ten thousand times", (100, 100, 90),
             varies=True),
    )),
    Product(14, "Databases", "p_cdb", "sp_cdb_ha", "", "cdb", HOURLY, 8, 0, (
        _memory("v_cdb_mem", "sv_cdb_mem_ha", 611, 1_020_000_000),
        _disk("v_cdb_disk", "sv_cdb_disk_ha", 5, 11_000_000),
    )),
    Product(9, "Databases", "p_redis", "sp_redis_standard", "", "crs", HOURLY, 8, 0, (
        _memory("v_redis_mem", "sv_redis_mem_standard", 750, 1_300_000_000),
    )),
    Product(12, "Networking", "p_clb", "sp_clb_public", "", "lb", HOURLY, 0, 0, (
        Part("v_clb_instance", "sv_clb_instance_public", 840_000, HOUR, 0, "Count", (1_000, 1_000, 1)),
        _traffic("v_clb_traffic", "sv_clb_traffic_public", 8_100_000),
    )),
    Product(14, "Networking", "p_eip", "sp_eip_bgp", "", "eip", HOURLY, 0, 0, (
        _traffic("v_eip_traffic", "sv_eip_traffic_bgp", 8_100_000),
    )),
    Product(8, "Networking", "p_cdn", "sp_cdn_overseas", "", "cdn", DAILY, 0, 0, (
        _traffic("v_cdn_traffic", "sv_cdn_traffic_overseas", 7_000_000),
    )),
    Product(4, "Compute", "p_tke", "sp_tke_cluster", "", "cls", HOURLY, 0, 0, (
        Part("v_tke_cluster", "sv_tke_cluster_cluster", 2_040_816, HOUR, 0, "Count", (1_000, 1_000, 1)),
    )),
    Product(3, "Integration", "p_ckafka", "sp_ckafka_pro", "", "ckafka", HOURLY, 12, 0, (
        Part("v_ckafka_bandwidth", "sv_ckafka_bandwidth_pro", 390_000, HOUR, 260_000_000, "MB/s", (20_000, 20_000, 5)),
        _disk("v_ckafka_disk", "sv_ckafka_disk_pro", 4, 9_000_000),
    )),
    Product(2, "Management and Governance", "p_cls", "sp_cls_standard", "", "topic", DAILY, 0, 0, (
        _traffic("v_cls_write", "sv_cls_write_standard", 3_200_000),
        Part("v_cls_index", "sv_cls_index_standard", 230_000, DAY, 0, "GB", (500, 333, 500), varies=True),
    )),
)  # fmt: skip  # a table to look over


def _time(price: int, prepaid: int, unit: str = "Count", sizes: tuple[int, int, int] = (1_000, 1_000, 1)) -> Part:
    return Part("duration", "", price, HOUR, prepaid, unit, sizes)


def _upflow(price: int) -> Part:
    return Part("upflow", "", price, NO_TIME, 0, "GB", (5, 211, 3_000), varies=True)


_S = "hws.service.type."
_R = "hws.resource.type."
HUAWEI = (
    Product(40, "Compute", _S + "ec2", "s6.large.2.linux", "s6.large.2 | 2 vCPUs | 4 GiB", "ecs", HOURLY, 6, 12, (
        _time(4_200_000, 2_100_000_000),
    ), _R + "vm"),
    Product(26, "Compute", _S + "ec2", "c7.xlarge.2.linux", "c7.xlarge.2 | 4 vCPUs | 8 GiB", "ecs", HOURLY, 6, 16, (
        _time(13_900_000, 6_900_000_000),
    ), _R + "vm"),
    Product(12, "Compute", _S + "ec2", "m7.2xlarge.8.linux", "m7.2xlarge.8 | 8 vCPUs | 64 GiB", "ecs", HOURLY, 8, 20, (
        _time(41_300_000, 20_400_000_000),
    ), _R + "vm"),
    Product(34, "Storage", _S + "ebs", "GPSSD", "General Purpose SSD", "volume", HOURLY, 6, 0, (
        _time(14_000, 7_000_000, "GB", (40_000, 20_000, 24)),
    ), _R + "volume"),
    Product(14, "Storage", _S + "ebs", "SAS", "High I/O", "volume", HOURLY, 6, 0, (
        _time(9_800, 4_900_000, "GB", (40_000, 20_000, 48)),
    ), _R + "volume"),
    Product(14, "Networking", _S + "vpc", "5_bgp", "Dynamic BGP", "eip", HOURLY, 0, 0, (
        _time(500_000, 0),
    ), _R + "ip"),
    Product(16, "Networking", _S + "vpc", "19_bgp", "Dynamic BGP by traffic", "bandwidth", HOURLY, 0, 0, (
        _upflow(11_400_000),
    ), _R + "bandwidth"),
    Product(18, "Storage", _S + "obs", "OBS_Standard", "Standard storage", "bucket", DAILY, 0, 0, (
        Part("duration", "", 3_200, HOUR, 0, "GB", (2_000, 1_511, 800), varies=True),
        Part("reqNumber", "", 46_000, NO_TIME, 0, "Ten thousand times", (100, 100, 300), varies=True),
        _upflow(9_500_000),
    ), _R + "obs"),
    Product(7, "Networking", _S + "cdn", "CDN_traffic", "Traffic outside the Chinese mainland", "cdn", DAILY, 0, 0, (
        _upflow(6_500_000),
    ), _R + "cdn"),
    Product(8, "Networking", _S + "elb", "elbv3_L7", "Dedicated, application", "elb", HOURLY, 5, 0, (
        _time(7_900_000, 3_950_000_000),
    ), _R + "elbv3"),
    Product(12, "Databases", _S + "rds", "rds.mysql.x1.large.4.ha", "MySQL 8.0 | 2 vCPUs | 8 GB | HA", "rds", HOURLY,
            9, 0, (
        _time(22_500_000, 11_200_000_000),
    ), _R + "rds.vm"),
    Product(7, "Databases", _S + "dcs", "redis.ha.xu1.large.r2.4", "Redis 6.0 | 4 GB | HA", "dcs", HOURLY, 9, 0, (
        _time(11_800_000, 5_900_000_000),
    ), _R + "dcs3"),
    Product(5, "Compute", _S + "cce", "cce.s2.small", "Cluster of 50 nodes, HA", "cce", HOURLY, 8, 0, (
        _time(34_000_000, 17_000_000_000),
    ), _R + "cce.cluster"),
    Product(4, "Networking", _S + "natgateway", "nat_gateway_m", "Medium", "nat", HOURLY, 0, 0, (
        _time(9_300_000, 0),
    ), _R + "natgateway"),
)  # fmt: skip  # a table to look over

PRODUCTS = {"tencent": TENCENT, "huawei": HUAWEI}
ISSUERS = {"tencent": "Tencent Cloud", "huawei": "Huawei Cloud"}
REGIONS = {
    "tencent": {"9": 30, "5": 22, "1": 8, "4": 7, "8": 6, "17": 9, "25": 8, "72": 5, "18": 3, "23": 3, "74": 2},
    "huawei": {"ap-southeast-3": 36, "ap-southeast-1": 22, "cn-north-4": 12, "ap-southeast-2": 8, "ap-southeast-4": 6,
               "sa-brazil-1": 4, "tr-west-1": 3, "eu-west-101": 9},
}  # fmt: skip  # a list to look over
"""Regions by code and how often they are met."""
PROJECTS = ("default", "default", "default", "Web shop", "Data platform", "Back office", "Mobile app", "Games")
TAGS = (
    '{"env": "prod"}', '{"env": "prod", "team": "web"}', '{"env": "prod", "team": "data"}', '{"env": "staging"}',
    '{"env": "test", "team": "web"}', '{"team": "data", "cost-centre": "4100"}', '{"env": "prod", "app": "checkout"}',
    '{"env": "dev"}',
)  # fmt: skip  # a list to look over
"""What every third resource or so is tagged with."""
