"""What names are made of, in Latin, Chinese and Japanese script. Written for this demo; any likeness is chance."""

from __future__ import annotations

BRAND_HEADS = (
    "Amber", "Arbor", "Ash", "Aspen", "Beacon", "Birch", "Bright", "Brook", "Cedar", "Cinder", "Clear", "Cloud",
    "Copper", "Coral", "Crown", "Dawn", "Delta", "Drift", "Eagle", "East", "Elm", "Ember", "Falcon", "Fern", "Field",
    "Flint", "Forge", "Frost", "Gale", "Glen", "Gold", "Granite", "Green", "Harbor", "Hazel", "Heron", "High", "Iron",
    "Ivory", "Jade", "Juniper", "Keel", "Lake", "Lark", "Laurel", "Maple", "Marsh", "Mist", "Moss", "North", "Oak",
    "Onyx", "Opal", "Orchid", "Pearl", "Pine", "Quartz", "Raven", "Reed", "Ridge", "River", "Rowan", "Sable", "Sage",
    "Salt", "Silver", "Slate", "Snow", "South", "Spruce", "Star", "Stone", "Summit", "Swift", "Thorn", "Tide",
    "Timber", "Topaz", "Umber", "Vale", "Verdant", "Walnut", "Wave", "West", "Willow", "Winter", "Wren", "Zephyr",
)  # fmt: skip  # a list to look over
BRAND_TAILS = (
    "arc", "bank", "bay", "bell", "bend", "berg", "bloom", "bourne", "branch", "bridge", "brook", "cast", "cliff",
    "coast", "cove", "craft", "crest", "dale", "deck", "dell", "fall", "field", "ford", "gate", "glade", "grove",
    "haven", "helm", "hill", "holm", "land", "lane", "leaf", "light", "line", "loom", "mark", "mere", "mill", "mont",
    "moor", "node", "path", "peak", "point", "port", "reach", "root", "sail", "scape", "shore", "side", "span",
    "spring", "stead", "stem", "track", "vale", "view", "wall", "ward", "water", "way", "well", "wick", "wood", "yard",
)  # fmt: skip  # a list to look over
TRADES = (
    ("Technology", 16), ("Trading", 13), ("Logistics", 7), ("Software", 7), ("Media", 6), ("Games", 5), ("Retail", 5),
    ("Foods", 4), ("Education", 4), ("Health", 4), ("Energy", 3), ("Finance", 3), ("Robotics", 2), ("Textiles", 3),
    ("Travel", 3), ("Electronics", 5), ("Analytics", 3), ("Engineering", 4), ("Design", 2), ("Biotech", 1),
)  # fmt: skip  # a list to look over
"""Latin line of business and how often it is met."""

CHINESE_PLACES = (
    "北京", "上海", "广州", "深圳", "杭州", "南京", "苏州", "成都", "重庆", "武汉", "西安", "天津", "青岛", "厦门",
    "宁波", "长沙", "郑州", "合肥", "福州", "大连", "佛山", "东莞", "济南", "昆明",
)  # fmt: skip  # a list to look over
CHINESE_FIRSTS = "晨云海天星华瑞嘉宏博创新智联信达恒远鼎盛泰和金银东南西北明德景安润泽凯悦飞腾龙凤雅思卓越优品"
CHINESE_SECONDS = "光帆川宇辰茂祥诚图远程科通达业兴隆盛源林峰岚石桥舟泉原野禾田美慧能动力维数元界方圆正阳月"
CHINESE_TRADES = (
    ("科技", 16), ("贸易", 13), ("网络科技", 7), ("信息技术", 7), ("文化传媒", 6), ("供应链管理", 4), ("电子商务", 6),
    ("食品", 4), ("教育咨询", 4), ("生物医药", 3), ("新能源", 3), ("智能制造", 4), ("游戏", 4), ("国际物流", 4),
    ("软件", 5),
)  # fmt: skip  # a list to look over
MIXED_TRADES = (
    ("科技", "Technology"), ("科技", "Technology"), ("贸易", "Trading"), ("国际物流", "Logistics"),
    ("软件", "Software"), ("文化传媒", "Media"), ("教育咨询", "Education"), ("食品", "Foods"),
)  # fmt: skip  # a list to look over
CHINESE_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
CHINESE_GIVEN = ("伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "明", "子涵",
                 "雨桐", "浩然", "欣怡", "宇轩", "梓萱", "思远", "嘉怡")  # fmt: skip  # a list to look over

JAPANESE_HEADS = (
    "青空", "朝日丘", "桜井", "富岡", "水島", "星野", "月島", "白川", "東雲", "若葉", "北斗", "南風", "松原", "竹内",
    "高千穂", "あかつき", "みらい", "ひかり", "そよかぜ", "はるか", "アサギ", "カナデ", "ミナト", "シラユキ", "ツバサ",
    "ハヤテ",
)  # fmt: skip  # a list to look over
JAPANESE_TRADES = (
    ("テクノロジー", 14), ("商事", 12), ("システム", 9), ("ソフトウェア", 6), ("物流", 6), ("電機", 5), ("メディア", 5),
    ("食品", 5), ("製作所", 5), ("クラウド", 4), ("教育", 3), ("エネルギー", 3), ("ゲームス", 4), ("デザイン", 3),
)  # fmt: skip  # a list to look over
JAPANESE_SURNAMES = ("佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤", "吉田", "山田")
JAPANESE_GIVEN = ("蓮", "陽翔", "湊", "葵", "結衣", "陽菜", "健太", "美咲", "大輔", "直樹", "さくら", "翼")

GIVEN = (
    "Ada", "Aisha", "Alma", "Amir", "Ana", "Anton", "Bruno", "Carla", "Chloe", "Daniel", "Diego", "Elena", "Emil",
    "Farah", "Felix", "Grace", "Hana", "Hugo", "Ines", "Ivan", "Jana", "Jonas", "Kai", "Lara", "Leon", "Lucia", "Maja",
    "Marco", "Mei", "Milan", "Nadia", "Nina", "Noah", "Omar", "Paula", "Priya", "Rafael", "Rosa", "Samir", "Sofia",
    "Tariq", "Thea", "Tomas", "Uma", "Vera", "Viktor", "Wei", "Yara", "Yusuf", "Zoe",
)  # fmt: skip  # a list to look over
SURNAMES = (
    "Abbott", "Almeida", "Bauer", "Becker", "Bianchi", "Brandt", "Castro", "Chua", "Costa", "Dubois", "Engel",
    "Ferrari", "Fischer", "Fontaine", "Garcia", "Gomez", "Hartmann", "Hidayat", "Ibrahim", "Jansen", "Keller", "Kumar",
    "Lambert", "Larsen", "Lim", "Lopez", "Mancini", "Meyer", "Moreau", "Nasution", "Ng", "Novak", "Oliveira", "Ong",
    "Pereira", "Petrov", "Ramos", "Richter", "Rossi", "Santos", "Schmitt", "Silva", "Singh", "Sousa", "Tan", "Torres",
    "Vargas", "Wagner", "Weber", "Yamin",
)  # fmt: skip  # a list to look over

LABELS = (
    ("Gold", 10), ("Silver", 12), ("Bronze", 8), ("key account", 5), ("startup", 7), ("education", 3), ("trial", 6),
    ("e-commerce", 6), ("gaming", 4), ("public sector", 2), ("renewal Q1", 3), ("renewal Q3", 3), ("重点客户", 4),
    ("直播", 2), ("製造業", 2),
)  # fmt: skip  # a list to look over
REMARKS = (
    "asked for an annual plan", "moves from another cloud in spring", "pays by bank transfer", "prefers e-mail",
    "wants a quote for 20 servers", "invoice address differs", "met at the trade fair", "two subsidiaries follow",
    "contract renewed for a year", "contact only through the account manager", "proof of concept running",
    "technical contact on leave until Monday", "discount agreed for the first year", "每季度回访一次",
    "需要开具专用发票", "請求書は月末締め",
)  # fmt: skip  # a list to look over
STAFF = (
    ("Ariane Holt", "Ben Okafor", "Clara Weiss"), ("Dana Lindqvist", "Emre Aydin"), ("Fiona Tran", "Goran Ilic"),
    ("Helen Mbeki", "Igor Stein"), ("Jaya Raman", "Kenji Mori"), ("Lena Vogt", "Mateo Cruz"),
)  # fmt: skip  # a list to look over
"""Account managers, a group for each partner that has some."""
